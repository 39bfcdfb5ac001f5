"""How often somebody may try. What succeeds is not counted, so an office behind one address signs
in as often as it likes; agents with a token are not counted either, unless RATE_LIMIT_AGENTS says
so.

The counters are in the memory of each process, or in Redis for all of them together.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from flask import Flask, current_app, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from limits import RateLimitItem, RateLimitItemPerDay, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from webapp.accounts.cookies import STATIC
from webapp.config import Config, ConfigError
from webapp.errors import AppError

SIGN_IN_BY_ADDRESS: Final = "30/minute"
SIGN_IN_BY_ACCOUNT: Final = "10/15minutes"
NEW_TOKENS: Final = "100/hour"
SESSION_KEY: Final = "browser"
"""Where a signed-in browser keeps its secret, in its signed cookie."""

# MCP clients look for an OAuth server there, and take anything but a 404 for one.
_OPEN: Final = (*STATIC, "/healthz", "/readyz", "/metrics", "/.well-known/oauth-")
_PUBLIC: Final = ("/api/docs", "/api/openapi.json")  # nobody reads a token there
_COUNTED: Final = "unstuck.stranger"
_COMPLAIN_EVERY_S: Final = 60.0
_IPV6_NETWORK: Final = 64  # one customer has at least so many addresses


class TooMany(AppError):
    status, code, title = 429, "too-many-requests", lazy_gettext("One moment, please")

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _(
                "Too many attempts. Wait %(seconds)s seconds, then try again.",
                seconds=seconds,
            )
        )
        self.headers = {"Retry-After": str(seconds)}


@dataclass(frozen=True)
class Limit:
    """So much of one thing in so much time."""

    name: str
    rate: RateLimitItem

    def spend(self, *who: str, cost: int = 1) -> None:
        """Count one, or `cost`; raises TooMany when there were enough. Counted before it is known
        whether it works, because many may try at the same moment."""
        if not _counters().hit(self.rate, self.name, *who, cost=cost):
            raise TooMany(_counters().seconds_left(self.rate, self.name, *who))

    def give_back(self, *who: str) -> None:
        """It worked, so it does not count."""
        _counters().hit(self.rate, self.name, *who, cost=-1)


class Counters:
    """Where the counts are. A Redis that does not answer stops nobody: this process counts then."""

    def __init__(self, config: Config) -> None:
        agents = config.rate_limit_agents
        self.agents = Limit("agent", parse(agents)) if agents else None
        quotas = config.quotas
        self.bytes = Limit("bytes", RateLimitItemPerDay(quotas.bytes_a_day)) if quotas else None
        self.unknown = Limit("unknown", parse(config.rate_limit_unknown))
        self.by_address = Limit("address", parse(SIGN_IN_BY_ADDRESS))
        self.by_account = Limit("account", parse(SIGN_IN_BY_ACCOUNT))
        self.by_known = Limit("known", parse(SIGN_IN_BY_ACCOUNT))
        self.by_person = Limit("person", parse(SIGN_IN_BY_ACCOUNT))
        self.new_tokens = Limit("token", parse(NEW_TOKENS))
        self._here = FixedWindowRateLimiter(storage_from_string("memory://"))
        self._shared = self._here
        self._complained = -_COMPLAIN_EVERY_S
        if config.rate_limit_storage_url:
            self._shared = FixedWindowRateLimiter(_storage(config.rate_limit_storage_url))

    def hit(self, rate: RateLimitItem, *key: str, cost: int = 1) -> bool:
        """Count; whether that was still allowed."""
        try:
            return self._shared.hit(rate, *key, cost=cost)
        except StorageError as error:
            self._complain(error)
            return self._here.hit(rate, *key, cost=cost)

    def _complain(self, error: StorageError) -> None:
        if time.monotonic() - self._complained > _COMPLAIN_EVERY_S:
            self._complained = time.monotonic()
            current_app.logger.warning("the store of rate limits does not answer: %s", error)

    def seconds_left(self, rate: RateLimitItem, *key: str) -> int:
        """How long until it may be tried again."""
        try:
            end = self._shared.get_window_stats(rate, *key).reset_time
        except StorageError:
            end = self._here.get_window_stats(rate, *key).reset_time
        return max(1, round(end - time.time()))


def _storage(url: str) -> Storage:
    try:
        found: Storage = storage_from_string(url, wrap_exceptions=True)  # type: ignore[assignment]  # the asynchronous ones have another scheme
    except Exception as error:
        raise ConfigError(
            "RATE_LIMIT_STORAGE_URL cannot be used: write it like redis://host:6379/0 and install "
            "the client with `.venv/bin/pip install 'limits[redis]'`, or leave it unset."
        ) from error
    return found


def _counters() -> Counters:
    counters: Counters = current_app.extensions["limits"]
    return counters


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
        counters = _counters()
        self._counted: list[tuple[Limit, str]] = []
        self._count(counters.by_address, address())
        if known is not None:
            self._count(counters.by_known, known)
        elif account is not None:
            self._count(counters.by_account, account.strip().lower())
        if confirms is not None:
            self._count(counters.by_person, confirms)

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
        _counters().unknown.spend(address())


def new_token(owner: str) -> None:
    """Count a token that somebody makes."""
    _counters().new_tokens.spend(owner)


def agent_call(token: int) -> None:
    """Count a request with a token and what it sends, unless the settings switch that off."""
    counters = _counters()
    if counters.agents is not None:
        counters.agents.spend(str(token))
    if counters.bytes is not None and request.method not in ("GET", "HEAD"):
        counters.bytes.spend(str(token), cost=_size_of_body())


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
        if path.startswith(_OPEN) or (SESSION_KEY in session and is_signed_in()):
            return
        stranger()

    app.extensions["limits"] = Counters(config)
    app.before_request(check)
