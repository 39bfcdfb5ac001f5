"""Telegram's Bot API: one request, and what came back. The bot's token stands in the address, so no
address and no error that could hold one is ever logged or stored."""

import json
from dataclasses import dataclass
from typing import Any, Final

from webapp.config import Telegram
from webapp.outbound import public_http
from webapp.rules.public_addresses import NotAllowed
from webapp.rules.sending import Attempt, Outcome

_ALL_S: Final = 20.0
_MOST: Final = 4_000_000
"""Bytes of a response: a hundred updates are far less."""

_TYPE: Final = {"Content-Type": "application/json"}


class NoReply(Exception):
    """Nothing that can be read came back; the message says why."""


@dataclass(frozen=True)
class Reply:
    """What Telegram said: the status, the result, and its words where it refused."""

    status: int
    result: Any
    words: str
    retry_after_s: float | None = None

    @property
    def is_ok(self) -> bool:
        return self.status == 200 and self.result is not None


def call(server: Telegram, method: str, *, all_s: float = _ALL_S, **fields: Any) -> Reply:
    """Call a method of the bot. Raises NotSent, NoResponse, NotAllowed."""
    url = f"{server.api_url}/bot{server.token}/{method}"
    body = json.dumps(fields, ensure_ascii=False).encode()
    own = server.is_own_api  # the operator chose its address, no stranger
    response = public_http.post(url, body, _TYPE, private=own, all_s=all_s, most=_MOST)
    try:
        said = json.loads(response.text)
        parameters = said.get("parameters") or {}
        return Reply(
            response.status,
            said.get("result"),
            f"{response.status} {said.get('description', '')}".strip(),
            parameters.get("retry_after"),
        )
    except (ValueError, AttributeError):
        return Reply(response.status, None, f"{response.status} {response.text[:200]}".strip())


def ask(server: Telegram, method: str, *, all_s: float = _ALL_S, **fields: Any) -> Any:
    """The result of a method. Raises NoReply."""
    try:
        reply = call(server, method, all_s=all_s, **fields)
    except (NotAllowed, public_http.NotSent, public_http.NoResponse) as error:
        raise NoReply(str(error)) from None
    if not reply.is_ok:
        raise NoReply(reply.words)
    return reply.result


def attempt(server: Telegram, method: str, fields: dict[str, Any]) -> Attempt:
    """Send a message, or change one."""
    try:
        reply = call(server, method, **fields)
    except (NotAllowed, public_http.NotSent) as error:
        return Attempt(Outcome.FAILED, str(error))
    except public_http.NoResponse as error:
        return Attempt(Outcome.UNKNOWN, str(error))
    if reply.is_ok:
        number = reply.result.get("message_id") if isinstance(reply.result, dict) else None
        return Attempt(Outcome.ACCEPTED, str(reply.status), provider_id=number and str(number))
    if reply.status == 403 or "chat not found" in reply.words:
        return Attempt(Outcome.GONE, reply.words)
    if reply.status == 400:
        return Attempt(Outcome.REFUSED, reply.words)
    return Attempt(Outcome.FAILED, reply.words, retry_after_s=reply.retry_after_s)
