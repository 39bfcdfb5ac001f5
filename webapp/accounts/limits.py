"""How often somebody may try. What succeeds is not counted, so an office behind one address signs
in as often as it likes; agents with a token are not counted either, unless RATE_LIMIT_AGENTS says
so.

The counts hold over all processes: each takes shares of what all may together (shares.py), or
asks Redis. While neither can be reached, each process counts for itself.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

from flask import Flask, request, session

from webapp.accounts.cookies import STATIC
from webapp.accounts.counters import Counters, Limit, counters
from webapp.addresses import is_this_machine
from webapp.config import Config

SESSION_KEY: Final = "browser"
"""Where a signed-in browser keeps its secret, in its signed cookie."""

# MCP clients look for an OAuth server there, and take anything but a 404 for one.
_OPEN: Final = (*STATIC, "/healthz", "/metrics", "/.well-known/oauth-")
_PUBLIC: Final = ("/api/docs", "/api/openapi.json")  # nobody reads a token there
_COUNTED: Final = "unstuck.stranger"
_IPV6_NETWORK: Final = 64  # one customer has at least so many addresses


def address() -> str:
    """Who counts as one caller: an address, or the network of one where it is IPv6."""
    text = request.remote_addr or "unknown"
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if not isinstance(found, IPv6Address):
        return text
    return str(found.ipv4_mapped or int(found) >> (128 - _IPV6_NETWORK))


class SignInAttempt:
    """One try to sign in: counted when it begins, for the address and for the account that is
    tried, if any; `worked()` takes that back. `known` is by what the browser is known for the
    account, and `confirms` who is signed in and proves it anew: these have counts of their own,
    which no stranger can use up."""

    def __init__(
        self, account: str | None = None, *, known: str | None = None, confirms: str | None = None
    ) -> None:
        found = counters()
        self._counted: list[tuple[Limit, str]] = []
        self._count(found.by_address, address())
        if known is not None:
            self._count(found.by_known, known)
        elif account is not None:
            self._count(found.by_account, account.strip().lower())
        if confirms is not None:
            self._count(found.by_person, confirms)

    def _count(self, limit: Limit, who: str) -> None:
        self._counted.append((limit, who))
        limit.spend(who)

    def worked(self) -> None:
        """They are in."""
        for limit, who in self._counted:
            limit.give_back(who)


def stranger() -> None:
    """Count this request as a stranger's, once; raises TooMany if its address sent enough of them.
    For requests without a secret, and for those whose secret isn't found. Callers with a good one
    never notice, even if they share the address."""
    if not request.environ.get(_COUNTED):
        request.environ[_COUNTED] = True
        counters().unknown.spend(address())


def mailed_link(account: str) -> None:
    """Count a link that somebody wants mailed, for their address and for the account, whether that
    exists or not."""
    found = counters()
    found.by_address.spend(address())
    found.mailed_links.spend(account.strip().lower())


def new_token(owner: str) -> None:
    """Count a token that somebody makes."""
    counters().new_tokens.spend(owner)


def mailed_code(person: str) -> None:
    """Count a code that somebody lets Unstuck mail to an address: nobody guesses through many, and
    nobody fills another's inbox with them."""
    counters().mailed_codes.spend(person)


def agent_call(token: int) -> None:
    """Count a request with a token and what it sends, unless the settings switch that off."""
    found = counters()
    if found.agents is not None:
        found.agents.spend(str(token))
    if found.bytes is not None and request.method not in ("GET", "HEAD"):
        found.bytes.spend(str(token), cost=_size_of_body())


def _size_of_body() -> int:
    """Bytes; a body of unknown length counts as the largest that is taken."""
    if request.content_length is not None:
        return request.content_length
    return request.max_content_length or 0 if request.environ.get("wsgi.input_terminated") else 0


def _reads_a_token(path: str) -> bool:
    return request.url_rule is not None and path not in _PUBLIC


def init_app(app: Flask, config: Config, is_signed_in: Callable[[], bool]) -> None:
    """Count what strangers ask for. `is_signed_in` says whether the browser's session is still
    good: its cookie is signed for good, and says nothing about that."""

    def check() -> None:
        environ = request.environ
        path: str = environ["PATH_INFO"]
        if "HTTP_AUTHORIZATION" in environ and path.startswith("/api/") and _reads_a_token(path):
            return  # whoever reads the token counts those that are not found
        is_from_here = is_this_machine(request.remote_addr or "")
        if path.startswith(_OPEN) or (path == "/readyz" and is_from_here):
            return  # a supervisor on this machine asks as often as it likes
        if SESSION_KEY in session and is_signed_in():
            return
        stranger()

    app.extensions["limits"] = Counters(config)
    app.before_request(check)
