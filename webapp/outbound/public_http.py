"""POST to an address that a stranger chose, without reaching into this network.

The name is looked up once and all of its addresses are checked; the connection goes to the very
address that was checked. A name that points somewhere else a moment later changes nothing.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import SplitResult

from webapp.clock import now
from webapp.rules.public_addresses import NotAllowed, check, is_public
from webapp.rules.sending import Attempt, Outcome

CONNECT_S: Final = 5.0
ALL_S: Final = 20.0
"""For the whole exchange, however slowly the bytes come."""

_READ: Final = 2_000


class NotSent(Exception):
    """No receiver got the request."""


class NoResponse(Exception):
    """The request was sent, and no complete response came."""


@dataclass(frozen=True)
class Response:
    """What came back: the status, the beginning of the text, and the header Retry-After."""

    status: int
    text: str
    retry_after: str | None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    all_s: float = ALL_S,
    most: int = _READ,
) -> Response:
    """Send one request and return the response, a redirect as well: it is not followed. `most` is
    how many bytes of it are read. Raises NotAllowed, NotSent, NoResponse."""
    parts = check(url, private=private)
    connection = _Connection(parts, _addresses(parts, private=private))
    timer = threading.Timer(all_s, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        connection.open()
        return _exchange(connection, parts, body, headers, most)
    finally:
        timer.cancel()
        connection.close()


def _exchange(
    connection: "_Connection",
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    most: int,
) -> Response:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        text = response.read(most).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise NoResponse(f"No response: {error or type(error).__name__}") from None
    if connection.was_cut:  # its end looks like the end of a response
        raise NoResponse("No response in time.")
    return Response(response.status, text, response.getheader("Retry-After"))


def attempt_of(
    response: Response, *, gone: Collection[int], refused: Collection[int] = ()
) -> Attempt:
    """What a response means for the message that was sent. With a status of `gone` or `refused` it
    is of no use to send it again."""
    answer = f"{response.status} {response.text}".strip()
    if 200 <= response.status < 300:
        return Attempt(Outcome.ACCEPTED, answer)
    if response.status in gone:
        return Attempt(Outcome.GONE, answer)
    if response.status in refused:
        return Attempt(Outcome.REFUSED, answer)
    return Attempt(Outcome.FAILED, answer, retry_after_s=_seconds(response.retry_after))


def _seconds(header: str | None) -> float | None:
    """What the header Retry-After asks for, a number of seconds or a date; None without it."""
    if header is None:
        return None
    try:
        return max(0.0, float(int(header)))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    return max(0.0, (_aware(moment) - now()).total_seconds())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Connection(http.client.HTTPConnection):
    """A connection to one of the addresses that were checked."""

    def __init__(self, parts: SplitResult, addresses: list[str]) -> None:
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        port = parts.port or (443 if self._context else 80)
        super().__init__(str(parts.hostname), port, timeout=CONNECT_S)
        self.default_port = 443 if self._context else 80  # left out of the header Host
        self._addresses = addresses
        self.was_cut = False

    def open(self) -> None:
        """Connect. Raises NotSent."""
        fault: Exception = OSError("no address")
        for address in self._addresses:
            try:
                line = socket.create_connection((address, self.port), CONNECT_S)
            except OSError as error:
                fault = error
                continue
            self.sock = line
            try:
                if self._context:
                    self.sock = self._context.wrap_socket(line, server_hostname=self.host)
                self.sock.settimeout(ALL_S)
            except OSError as error:
                raise NotSent(f"No secure connection: {error}") from None
            return
        raise NotSent(f"No connection: {fault}") from None

    def cut(self) -> None:
        """End it from another thread: whoever waits for bytes gets an error."""
        self.was_cut = True
        line = self.sock
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                line.close()


def _addresses(parts: SplitResult, *, private: bool) -> list[str]:
    """What the name points to. Raises NotSent, and NotAllowed where one of them is private."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"The name could not be looked up: {error}") from None
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not private and not all(is_public(each) for each in addresses):
        raise NotAllowed("The name points to an address in a private network.")
    return addresses
