"""One JSON request at a time, repeated while the server is away.

Every request of this package can be repeated safely: what creates something carries an id of its
own, so a response that got lost costs nothing.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Mapping
from email.message import Message
from http.client import HTTPException
from typing import Any, Callable, Optional
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from unstuck.errors import Refused, Unreachable
from unstuck.files import multipart

Json = dict[str, Any]

REPORT_PATIENCE_S = 30.0
"""How long a report tries to reach the server. After that the agent goes on without it."""

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
_LONGEST_RETRY_AFTER_S = 60.0
_RESPONSE_TIMEOUT_S = 15.0
_LONGEST_QUIET_S = 45.0
"""A stream says something every 15 seconds. One that is quiet for longer is lost."""
_SHORTEST_QUIET_S = 0.05
_SHORTEST_HIDDEN = 6
"""Characters: with a shorter one, half of a text would be ***."""
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

NEVER = threading.Event()
"""A stop signal that nobody gives."""


class Cancelled(Exception):
    """The caller gave the stop signal: whoever waited no longer does."""


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would send the token to wherever it points."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Transport:
    """Sends JSON to one server with one token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._opener = build_opener(_NoRedirects)
        self._hidden: set[str] = set()

    def hide(self, value: str) -> None:
        """From now on send *** in place of this value, and of each of its longer lines."""
        lines = {value, *value.splitlines()}
        self._hidden |= {json.dumps(line)[1:-1] for line in lines if len(line) >= _SHORTEST_HIDDEN}

    def send(
        self,
        method: str,
        path: str,
        body: Optional[Json] = None,
        *,
        file: Optional[tuple[str, bytes]] = None,
        patience_s: Optional[float] = REPORT_PATIENCE_S,
        response_s: float = 0.0,
        stop: threading.Event = NEVER,
    ) -> Any:
        """Return the JSON of the response, None if it is empty.

        While the server is away (no connection, 429, 5xx) the request is repeated with growing,
        jittered pauses for `patience_s` seconds, without end if that is None. `response_s` is how
        long the server may take on purpose. A `file` (name and content) is sent in place of a
        body. Raises Refused, Unreachable, or Cancelled on `stop`.
        """
        end = None if patience_s is None else time.monotonic() + patience_s
        kind, data = "application/json", None if body is None else self._encoded(body)
        if file is not None:
            kind, data = multipart(file[0], self._masked(file[1]))
        repeats = 0
        while True:
            if stop.is_set():
                raise Cancelled
            try:
                return self._once(method, path, kind, data, _RESPONSE_TIMEOUT_S + response_s)
            except _Away as away:
                pause = away.pause_s(repeats)
                if end is not None and time.monotonic() + pause > end:
                    raise Unreachable(f"{self.url} can't be reached: {away.reason}") from away
            repeats += 1
            stop.wait(pause)

    def lines(
        self,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        left_s: Callable[[], float],
        *,
        stop: threading.Event = NEVER,
    ) -> Iterator[Optional[str]]:
        """Yield the lines of a stream as they come, and None whenever the connection is lost; then
        the request is repeated with growing pauses, without end, and with fresh `headers`. Nothing
        takes longer than `left_s` says. Raises Refused, or Cancelled on `stop`."""
        repeats = 0
        while not stop.is_set():
            away = _Away("the stream ended")
            try:
                quiet_s = max(_SHORTEST_QUIET_S, min(_LONGEST_QUIET_S, left_s()))
                with self._open(Request(self.url + path), headers(), quiet_s) as response:  # noqa: S310
                    for line in response:
                        repeats = 0
                        yield line.decode("utf-8", "replace").rstrip("\r\n")
                        if stop.is_set():
                            raise Cancelled
            except _Away as found:
                away = found
            except (OSError, HTTPException, ValueError):
                pass  # it broke, or said nothing for too long
            yield None
            stop.wait(max(0.0, min(away.pause_s(repeats), left_s())))
            repeats += 1
        raise Cancelled

    def _once(
        self, method: str, path: str, kind: str, data: Optional[bytes], timeout_s: float
    ) -> Any:
        request = Request(self.url + path, data, method=method)  # noqa: S310 - checked at the start
        try:
            with self._open(request, {"Content-Type": kind}, timeout_s) as response:
                return json.loads(response.read() or b"null")
        except (OSError, HTTPException, ValueError) as error:
            # No connection, a connection that was cut, or half a response.
            raise _Away(str(error) or type(error).__name__) from error

    def _open(self, request: Request, headers: Mapping[str, str], timeout_s: float) -> Any:
        sent = {"Authorization": f"Bearer {self._token}", "User-Agent": "unstuck-python"}
        for name, value in {**sent, **headers}.items():
            request.add_header(name, value)
        try:
            return self._opener.open(request, timeout=timeout_s)
        except HTTPError as error:
            with error:
                raise _refusal(error) from None

    def _encoded(self, body: Json) -> bytes:
        text = json.dumps(body)
        for value in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(value, "***")
        return text.encode()

    def _masked(self, content: bytes) -> bytes:
        try:
            content.decode()
        except UnicodeDecodeError:
            return content  # an image
        for value in sorted(self._hidden, key=len, reverse=True):
            content = content.replace(json.loads(f'"{value}"').encode(), b"***")
        return content


class _Away(Exception):
    """The server can't take the request now."""

    def __init__(self, reason: str, retry_after_s: Optional[float] = None) -> None:
        super().__init__(reason)
        self.reason, self._retry_after_s = reason, retry_after_s

    def pause_s(self, repeats: int) -> float:
        """Full jitter, so that agents don't come back all together; or what the server asked."""
        if self._retry_after_s is not None:
            return min(self._retry_after_s, _LONGEST_RETRY_AFTER_S) + random.uniform(0, 0.5)  # noqa: S311
        most = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(repeats, 10))
        return random.uniform(most / 4, most)  # noqa: S311 - spreads retries, hides nothing


def _refusal(error: HTTPError) -> Exception:
    try:
        content = error.read()
    except (OSError, HTTPException):
        content = b""
    problem = _problem(content)
    detail = str(problem.get("detail") or problem.get("title") or error.reason)
    if error.code == _TOO_MANY_REQUESTS or error.code >= _SERVER_ERROR:
        return _Away(detail, _retry_after_s(error.headers))
    return Refused(error.code, detail, problem)


def _problem(content: bytes) -> Json:
    try:
        problem = json.loads(content)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _retry_after_s(headers: Message) -> Optional[float]:
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None  # left out, or a date: the growing pauses do
