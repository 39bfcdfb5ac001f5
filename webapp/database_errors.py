"""What the database says when it can't serve, as errors that a caller understands."""

import logging
import threading
import time
from typing import Final

import psycopg
from flask import Flask, Response, current_app, request
from flask_babel import lazy_gettext
from sqlalchemy import exc
from sqlalchemy.exc import (
    DBAPIError,
    InvalidRequestError,
    PendingRollbackError,
    SQLAlchemyError,
)

from webapp.disk import DiskFull
from webapp.errors import AppError, render_app_error, render_surprise

RETRY_AFTER_S: Final = 2
_LOG_EVERY_S: Final = 1.0

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY: Final = frozenset({
    "25P03",  # idle_in_transaction_session_timeout
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "53200",  # out_of_memory
    "53300",  # too_many_connections
    "55P03",  # lock_not_available: lock_timeout
    "57014",  # query_canceled: statement_timeout
})  # fmt: skip
_DISK_FULL: Final = "53100"
_AWAY: Final = frozenset({"25006"})  # read_only_sql_transaction: it is a standby now
_AWAY_CLASSES: Final = ("08", "57P", "58")  # no connection, shut down or starting, broken files


class Unavailable(AppError):
    """The database can't serve this now; the same request may succeed in a moment."""

    status, code, title = 503, "unavailable", lazy_gettext("Not available right now")

    def __init__(self, detail: str, cause: str) -> None:
        super().__init__(detail)
        self.cause = cause
        """For the log: one line, without what was sent."""
        self.headers["Retry-After"] = str(RETRY_AFTER_S)


_AWAY_READING: Final = lazy_gettext(
    "The database doesn't answer right now. Try again in a few seconds."
)
_AWAY_WRITING: Final = lazy_gettext(
    "The database doesn't answer right now. Your change may not have been saved. Try again in a "
    "few seconds."
)
_TOO_BUSY: Final = lazy_gettext("The server is too busy right now. Try again in a few seconds.")


def as_unavailable(error: SQLAlchemyError, *, writing: bool) -> Unavailable | None:
    """The error as one that passes; None if it would happen again."""
    away = _AWAY_WRITING if writing else _AWAY_READING
    if isinstance(error, exc.TimeoutError):
        return Unavailable(_TOO_BUSY, "no connection became free in time")
    if isinstance(error, PendingRollbackError):
        return Unavailable(away, "the connection was lost in a transaction")
    if isinstance(error, InvalidRequestError) and "connection is closed" in str(error):
        return Unavailable(away, "the connection was lost")
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state in _BUSY:
        return Unavailable(_TOO_BUSY, reason(error))
    if _is_away(error, state):
        return Unavailable(away, reason(error))
    return None


def is_disk_full(error: BaseException) -> bool:
    """Whether the database says that it has no room left."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == _DISK_FULL


def _is_away(error: DBAPIError, state: str | None) -> bool:
    if error.connection_invalidated or state in _AWAY:
        return True
    if state is None:
        return isinstance(error.orig, psycopg.OperationalError)
    return state.startswith(_AWAY_CLASSES)


def init_app(app: Flask) -> None:
    """Answer 503 while the database can't serve."""
    app.register_error_handler(SQLAlchemyError, _render)


def _render(error: SQLAlchemyError) -> Response:
    if is_disk_full(error):
        return render_app_error(DiskFull())
    known = as_unavailable(error, writing=request.method not in ("GET", "HEAD"))
    if known is None:
        return render_surprise(error)
    # The rule and not the path: that of a sign-in link is a secret, and any may hold line breaks.
    asked = f"{request.method} {request.url_rule or 'an unknown address'}"
    line = "503 on %s: %s"
    _rarely.warn(current_app.logger, known.cause, line, asked, known.cause)
    return render_app_error(known)


def reason(error: BaseException) -> str:
    """The first line of what the driver said, without the statement and its parameters."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


class _Rarely:
    """Writes one line a second for each cause, which says how many it left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def warn(self, logger: logging.Logger, cause: str, message: str, *values: object) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._next.get(cause, 0.0):
                self._left_out[cause] = self._left_out.get(cause, 0) + 1
                return
            if len(self._next) > 1_000:  # causes may differ in a number
                self._next.clear()
            self._next[cause] = now + _LOG_EVERY_S
            left_out = self._left_out.pop(cause, 0)
        more = f" ({left_out} more like this)" if left_out else ""
        logger.warning(message + "%s", *values, more)


_rarely: Final = _Rarely()


def warn(logger: logging.Logger, message: str, error: BaseException) -> None:
    """Log `message: reason`, one line a second for each message and reason."""
    why = reason(error)
    _rarely.warn(logger, f"{message} {why}", "%s: %s", message, why)
