"""Where attempts are counted over all processes: in PostgreSQL, in shares (shares.py), or in Redis.
While the store can't be reached, each process counts for itself."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from limits import RateLimitItem, RateLimitItemPerDay, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts.shares import Shares
from webapp.clock import now
from webapp.config import Config, ConfigError
from webapp.errors import AppError
from webapp.extensions import db
from webapp.operations import rate_counters

SIGN_IN_BY_ADDRESS: Final = "30/minute"
SIGN_IN_BY_ACCOUNT: Final = "10/15minutes"
MAILED_LINKS: Final = "5/15minutes"
NEW_TOKENS: Final = "100/hour"
MAILED_CODES: Final = "20/day"

_COMPLAIN_EVERY_S: Final = 60.0
_ALONE_S: Final = 5.0


class TooMany(AppError):
    status, code, title = 429, "too-many-requests", lazy_gettext("Too many requests")

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
        if not counters().hit(self.rate, self.name, *who, cost=cost):
            raise TooMany(counters().seconds_left(self.rate, self.name, *who))

    def give_back(self, *who: str) -> None:
        """It worked, so it does not count."""
        counters().give_back(self.rate, self.name, *who)


class Counters:
    """Where the counts are: in PostgreSQL, or in a Redis. A store that doesn't answer stops nobody:
    this process counts then."""

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
        self.mailed_links = Limit("mailed-link", parse(MAILED_LINKS))
        self.new_tokens = Limit("token", parse(NEW_TOKENS))
        self.mailed_codes = Limit("mailed", parse(MAILED_CODES))
        self._here = FixedWindowRateLimiter(storage_from_string("memory://"))
        self._redis = None
        if config.rate_limit_storage_url:
            self._redis = FixedWindowRateLimiter(_storage(config.rate_limit_storage_url))
        self._shares = Shares(config.workers, _take)
        self._complained = -_COMPLAIN_EVERY_S
        self._alone_until = 0.0

    def hit(self, rate: RateLimitItem, *key: str, cost: int = 1) -> bool:
        """Count; whether that was still allowed."""
        if not self._alone():
            try:
                if self._redis is not None:
                    return self._redis.hit(rate, *key, cost=cost)
                name, seconds = rate.key_for(*key), rate.get_expiry()
                return self._shares.hit(name, most=rate.amount, seconds=seconds, cost=cost)
            except (StorageError, SQLAlchemyError) as error:
                self._be_alone(error)
        return self._here.hit(rate, *key, cost=cost)

    def give_back(self, rate: RateLimitItem, *key: str) -> None:
        """Take back what was counted."""
        if self._redis is None and not self._alone():
            self._shares.give_back(rate.key_for(*key))
        else:
            self.hit(rate, *key, cost=-1)

    def seconds_left(self, rate: RateLimitItem, *key: str) -> int:
        """How long until it may be tried again."""
        if self._redis is None and not self._alone():
            end = self._shares.ends_at(rate.key_for(*key)).timestamp()
            return max(1, round(end - now().timestamp()))
        try:
            store = self._here if self._alone() or self._redis is None else self._redis
            end = store.get_window_stats(rate, *key).reset_time
        except StorageError:
            end = self._here.get_window_stats(rate, *key).reset_time
        return max(1, round(end - time.time()))

    def _alone(self) -> bool:
        return time.monotonic() < self._alone_until

    def _be_alone(self, error: Exception) -> None:
        """Count in this process for a while: whoever waits for a store that is away waits long."""
        self._alone_until = time.monotonic() + _ALONE_S
        if time.monotonic() - self._complained > _COMPLAIN_EVERY_S:
            self._complained = time.monotonic()
            current_app.logger.warning("the store of rate limits does not answer: %s", error)


def _take(key: str, share: int, most: int, seconds: int) -> tuple[int, datetime]:
    return rate_counters.take(db.session(), key, share=share, most=most, seconds=seconds)


def _storage(url: str) -> Storage:
    try:
        found: Storage = storage_from_string(url, wrap_exceptions=True)  # type: ignore[assignment]  # the asynchronous ones have another scheme
    except Exception as error:
        raise ConfigError(
            "RATE_LIMIT_STORAGE_URL cannot be used: write it like redis://host:6379/0 and install "
            "the client with `.venv/bin/pip install 'limits[redis]'`, or leave it unset."
        ) from error
    return found


def counters() -> Counters:
    """Those of this process."""
    found: Counters = current_app.extensions["limits"]
    return found
