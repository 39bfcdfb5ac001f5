"""The pool of database connections of a process: few serve many, and a dead one is noticed."""

import time
from typing import Any, Final

from sqlalchemy import Engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

_IDLE_S: Final = 1.0

OPTIONS: Final = {"pool_size": 20, "max_overflow": 0, "pool_timeout": 30}
"""Twenty connections; a burst of requests waits its turn for one."""


def watch(engine: Engine) -> None:
    """Ask a connection that was idle whether it lives before it is used again.

    SQLAlchemy's own pre-ping asks at every check-out: a round trip for each request. A server that
    restarts is noticed within seconds all the same.
    """
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _ask)


def _note(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["idle since"] = time.monotonic()


def _ask(connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    idle_since = entry.info.get("idle since")
    if idle_since is None or time.monotonic() - idle_since < _IDLE_S:
        return
    try:
        connection.execute("select 1")
        connection.rollback()
    except Exception as error:
        raise exc.DisconnectionError from error
