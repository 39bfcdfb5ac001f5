"""Who was refused something: one line in the desk's log for each, so that whoever runs it sees
somebody try to break in, and so that other programs can act on it (docs/how-to/run-on-a-server.md).

The line tells what was refused, to whom, and from where. It holds nothing that the caller wrote:
the route and not the path, and an address only where it is one. Whoever tries a million times fills
no disk: past the allowance they are only counted, and the next line says how many there were.
"""

from ipaddress import ip_address
from typing import Final

from flask import Flask, Response, current_app, g, request

from webapp.operations.audit import Allowance

_ALWAYS: Final = frozenset({"forbidden", "too-many-requests", "wrong-host", "form-too-old"})
_WITH_A_TOKEN: Final = frozenset({"unauthorized", "not-found"})
"""A page asks who is not signed in to sign in, and anybody may follow an old link. But a token that
is none, and one that asks for what is not of its project, are worth a look."""


def init_app(app: Flask) -> None:
    """Write down what is refused."""
    app.extensions["security_log"] = Allowance()
    app.after_request(_note)


def _note(response: Response) -> Response:
    refused = g.get("refused")
    if refused is None or not _counts(refused):
        return response
    address = _address()
    unwritten = current_app.extensions["security_log"].take(address)
    if unwritten is not None:
        more = f"; {unwritten} more were not written down" if unwritten else ""
        line = "refused (%s): %s %s to %s from %s%s"
        current_app.logger.warning(line, refused, *_what(), _who(), address, more)
    return response


def _counts(refused: str) -> bool:
    with_a_token = "HTTP_AUTHORIZATION" in request.environ
    return refused in _ALWAYS or (with_a_token and refused in _WITH_A_TOKEN)


def _what() -> tuple[str, str]:
    method = request.method if request.url_rule else "a request for"
    return method, str(request.url_rule or "an unknown address")


def _who() -> str:
    actor = g.get("page_actor") or g.get("token_actor")
    return actor.ref if actor else "nobody known"


def _address() -> str:
    try:
        return str(ip_address(request.remote_addr or ""))
    except ValueError:
        return "an unknown place"
