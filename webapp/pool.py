"""The pool of database connections of a process: few serve many, and a dead one is noticed.

Every round trip to the database costs more than what the application does between two of them. So
connections are in autocommit: a statement on its own, such as every read, is sent without BEGIN,
COMMIT or ROLLBACK around it. An operation of several statements says BEGIN itself
(operations/transaction.py).
"""

import threading
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, QueuePool, event, exc
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util.queue import Empty

from webapp import clock, connections
from webapp.disk import Disk

_SIZE: Final = 20
_WRITERS: Final = 15  # of them: the others are for reads, whatever holds the writers up
_IDLE_S: Final = 1.0
_LIMIT_S: Final = 25.0  # how long a connection is waited for when the database has none to give
_LIMIT_PAUSE_S: Final = 0.1

# Of a request; commands and migrations may take as long as they need.
STATEMENT_S: Final = 15
LOCK_S: Final = 5
_IDLE_IN_TRANSACTION_S: Final = 10
_LIMITS: Final = (
    f", set_config('statement_timeout', '{STATEMENT_S}s', false)"
    f", set_config('lock_timeout', '{LOCK_S}s', false)"
    f", set_config('idle_in_transaction_session_timeout', '{_IDLE_IN_TRANSACTION_S}s', false)"
)


class PatientPool(QueuePool):
    """Where PostgreSQL has no further connection to give, waits for one instead of failing: for one
    that comes back to the pool, or for room on the server."""

    def _do_get(self) -> ConnectionPoolEntry:
        end = time.monotonic() + _LIMIT_S
        while True:
            try:
                return super()._do_get()
            except psycopg.OperationalError as error:
                if not connections.at_its_limit(error) or time.monotonic() > end:
                    raise
            try:
                return self._pool.get(True, _LIMIT_PAUSE_S)
            except Empty:
                continue


def options(*, pooled: bool) -> dict[str, Any]:
    """Twenty connections; a burst of requests waits its turn for one. What stands in a statement's
    parameters, such as guidance and addresses, does not get into the log with its error.

    `pooled` says that a pooler such as PgBouncer stands before the server: what was prepared on one
    of its connections may be asked for on another, so nothing is prepared.
    """
    return {
        "poolclass": PatientPool,
        "pool_size": _SIZE,
        "max_overflow": 0,
        "pool_timeout": 30,
        "isolation_level": "AUTOCOMMIT",
        "pool_reset_on_return": None,
        "hide_parameters": True,
        "connect_args": {"prepare_threshold": None} if pooled else {},
    }


class Database:
    """What watches over the connections of one engine."""

    def __init__(self, engine: Engine, disk: Disk) -> None:
        self.disk = disk
        self.patient = False
        """For commands: statements may take as long as they need."""
        self.writers = threading.BoundedSemaphore(_WRITERS)
        """Held by each operation, so that some connections are left for reads."""
        self._reach = connections.watched(engine)
        event.listen(engine, "connect", self._begin)
        event.listen(engine, "checkin", _note)
        event.listen(engine, "checkout", self._ask)

    def heard(self) -> None:
        """Note that the database answered on a connection beside the pool's."""
        self._reach.heard()

    def _begin(self, connection: connections.Connection, entry: ConnectionPoolEntry) -> None:
        """Set the clock by the first answer, and limit what follows."""
        entry.info["losses"] = self._reach.losses
        connection.patient = self.patient
        asked_at = time.monotonic()
        limits = "" if self.patient else _LIMITS
        answer = connection.execute(f"select clock_timestamp(){limits}".encode())
        for moment, *_ in answer:
            clock.compare(moment, asked_at)
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.rollback()

    def _ask(self, connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        """Ask a connection that was idle whether it lives before it is used again. One that is from
        before another was lost is dropped unasked: they are lost together.

        SQLAlchemy's own pre-ping asks at every check-out: a round trip for each request.
        """
        idle_since = entry.info.get("idle since")
        if idle_since is None:  # it is new
            return
        if entry.info["losses"] != self._reach.losses:
            raise exc.DisconnectionError("another connection was lost")
        if time.monotonic() - idle_since < _IDLE_S:
            return
        try:
            connection.execute("select 1")
        except Exception as error:
            raise exc.DisconnectionError from error


_databases: Final[WeakKeyDictionary[Engine, Database]] = WeakKeyDictionary()


def watch(engine: Engine, disk: Disk) -> None:
    """Watch over the connections of this engine from now on."""
    _databases[engine] = Database(engine, disk)


def of(engine: Engine) -> Database:
    """What watches over this engine's connections."""
    return _databases[engine]


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
