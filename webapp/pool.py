"""The pool of database connections of a process: few serve many, and a dead one is noticed.

Every round trip to the database costs more than what the application does between two of them. So
connections are in autocommit: a statement on its own, such as every read, is sent without BEGIN,
COMMIT or ROLLBACK around it. An operation of several statements says BEGIN itself
(operations/transaction.py).
"""

import time
from typing import Any, Final

from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

from webapp import clock

_IDLE_S: Final = 1.0


def options(*, pooled: bool) -> dict[str, Any]:
    """Twenty connections; a burst of requests waits its turn for one. What stands in a statement's
    parameters, such as guidance and addresses, does not get into the log with its error.

    `pooled` says that a pooler such as PgBouncer stands before the server: what was prepared on one
    of its connections may be asked for on another, so nothing is prepared.
    """
    return {
        "pool_size": 20,
        "max_overflow": 0,
        "pool_timeout": 30,
        "isolation_level": "AUTOCOMMIT",
        "pool_reset_on_return": None,
        "hide_parameters": True,
        "connect_args": {"prepare_threshold": None} if pooled else {},
    }


def watch(engine: Engine) -> None:
    """Ask a connection that was idle whether it lives before it is used again.

    SQLAlchemy's own pre-ping asks at every check-out: a round trip for each request. A server that
    restarts is noticed within seconds all the same.
    """
    event.listen(engine, "connect", _set_clock)
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _ask)


def _set_clock(connection: Any, _entry: ConnectionPoolEntry) -> None:
    asked_at = time.monotonic()
    (moment,) = connection.execute("select clock_timestamp()").fetchone()
    clock.compare(moment, asked_at)
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.rollback()


def _note(connection: Any, entry: ConnectionPoolEntry) -> None:
    if connection is None:  # it broke while it was lent
        return
    entry.info["idle since"] = time.monotonic()
    if connection.info.transaction_status != TransactionStatus.IDLE:
        _roll_back(connection, entry)


def _roll_back(connection: Any, entry: ConnectionPoolEntry) -> None:
    """The net below the operations: nobody gets a connection in the middle of a transaction."""
    try:
        connection.rollback()
    except Exception as error:
        entry.invalidate(error)


def _ask(connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    idle_since = entry.info.get("idle since")
    if idle_since is None or time.monotonic() - idle_since < _IDLE_S:
        return
    try:
        connection.execute("select 1")
    except Exception as error:
        raise exc.DisconnectionError from error
