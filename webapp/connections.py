"""Connections to the database, none of which is waited for without end.

A host that vanishes closes no connection and answers nothing, and neither does a server that
stands still. So a statement without an answer makes its connection ask, on a new one, whether the
database is still there; and while it is away, all but one of those who want a connection are told
so right away.
"""

import threading
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import URL, Engine, event

# What the kernel and libpq watch; what stands in the URL goes before. The host is dead when it
# leaves 3 probes unanswered, or bytes for 4 seconds.
ARGUMENTS: Final[Mapping[str, Any]] = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 4_000,
}
_PROBE_S: Final = 2  # psycopg takes no less
_SILENCE_S: Final = 1.5  # with the probe below the 5 seconds that a request may take
_LONGEST_S: Final = 60.0  # far above the statement timeout of a request (pool.py)
_AGAIN_S: Final = 0.5  # between two tries to connect while the database is away
_FRESH_S: Final = 1.0  # for so long the outcome of a probe is believed
_LIMITS: Final = ("too many clients", "connection slots are reserved", "too many connections")

T = TypeVar("T")


class Away(psycopg.OperationalError):
    """The database doesn't answer, as far as is known."""


def at_its_limit(error: BaseException) -> bool:
    """Whether the database is there and has no connection to give."""
    return any(sign in str(error) for sign in _LIMITS)


class Connection(psycopg.Connection[Any]):
    """Gives up when the database is away. `patient`: but for that, waits without end."""

    reach: "Reach | None" = None
    patient = False

    def wait(
        self,
        gen: Generator[Any, Any, T],
        interval: float = 0.1,
        timeout: float | None = None,
    ) -> T:
        """As in psycopg; raises Away. With a timeout, as of a listener, silence is no news."""
        if self.reach is None:
            return super().wait(gen, interval, timeout)
        if timeout is None:
            gen = self._watched(gen, self.reach)
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.Error:
            if self.closed:
                self.reach.lost()
            raise

    def _watched(self, gen: Generator[Any, Any, T], reach: "Reach") -> Generator[Any, Any, T]:
        began = look_from = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - look_from > _SILENCE_S:
                    too_long = not self.patient and time.monotonic() - began > _LONGEST_S
                    if too_long or not reach.answers():
                        self.pgconn.finish()
                        raise Away("the database does not answer")
                    look_from = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            reach.heard()
            result: T = end.value
            return result


class Reach:
    """Whether one database can be reached, as found by all who try. Threads may share it."""

    def __init__(self) -> None:
        self.losses = 0
        """Goes up when a connection was lost: those from before are not to be trusted."""
        self._why = ""  # while the database is away
        self._tried_at = 0.0
        self._one_tries = threading.Lock()
        self._probing = threading.Lock()
        self._probed_at = -_FRESH_S
        self._answered = True
        self._heard_at = -_FRESH_S
        self._arguments: dict[str, Any] = {}

    def connect(self, arguments: Mapping[str, Any]) -> Connection:
        """A new connection with the parameters of libpq and psycopg; raises Away at once while the
        database is away, and otherwise what psycopg raises."""
        self._arguments = {**ARGUMENTS, **arguments}
        if not self._why:
            return self._try(self._arguments)
        why = self._why
        if time.monotonic() - self._tried_at < _AGAIN_S:
            raise Away(why)
        if not self._one_tries.acquire(blocking=False):
            raise Away(why)
        try:
            return self._try(self._arguments)
        finally:
            self._one_tries.release()

    def lost(self) -> None:
        """A connection was closed from the other side, or given up."""
        self.losses += 1

    def heard(self) -> None:
        """A statement was answered: the database is there, whatever a connect has found."""
        self._heard_at = time.monotonic()
        self._why = ""

    def _heard_since(self, moment: float) -> bool:
        """A connect may be late only because this machine is busy."""
        if self._heard_at < moment:
            return False
        self._why = ""
        return True

    def answers(self) -> bool:
        """Whether the database answers others, or on a new connection. All who ask at one time
        share a probe and its outcome."""
        with self._probing:
            began = time.monotonic()
            if began - self._heard_at < _FRESH_S:
                return True
            if began - self._probed_at >= _FRESH_S:
                try:
                    self._try({**self._arguments, "connect_timeout": _PROBE_S}).close()
                    self._answered = True
                except psycopg.Error as error:
                    self._answered = at_its_limit(error) or self._heard_since(began)
                self._probed_at = time.monotonic()
            return self._answered

    def _try(self, arguments: Mapping[str, Any]) -> Connection:
        began = time.monotonic()
        try:
            connection = Connection.connect(**arguments)
        except psycopg.Error as error:
            if not at_its_limit(error) and self._heard_at < began:
                self._tried_at = time.monotonic()
                self._why = str(error) or type(error).__name__
            raise
        self._why = ""
        connection.reach = self
        return connection


def watched(engine: Engine) -> Reach:
    """Let an engine connect through a Reach of its own."""
    reach = Reach()

    def connect(_dialect: object, _record: object, _args: object, arguments: Any) -> Connection:
        return reach.connect(arguments)

    event.listen(engine, "do_connect", connect)
    return reach


def opener(url: URL, **more: Any) -> Callable[[], Connection]:
    """What opens a connection on its own, without an engine; `more` goes to psycopg."""
    _, arguments = url.get_dialect()().create_connect_args(url)
    reach = Reach()
    return lambda: reach.connect({**arguments, **more})
