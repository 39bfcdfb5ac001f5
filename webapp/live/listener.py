"""The one LISTEN connection of a process: is notified, reads the logs, passes events on."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final, cast

import psycopg
from sqlalchemy import URL, Connection, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import connections, database_errors
from webapp.accounts.token_cache import TokenCache
from webapp.events import log, notify
from webapp.events.log import Event
from webapp.live.bookmarks import Bookmarks

_LOOK_EVERY_S: Final = 2.0  # the poll: a lost notification delays an event by this
_BATCH: Final = 2_000
_STALE_S: Final = 6.0  # more than a poll and a slow answer: until then nobody is told
_BACKOFF_S: Final = (0.05, 0.2, 0.5, 1.0, 2.0)

_log = logging.getLogger(__name__)

Receiver = Callable[[Session, list[Event]], None]
Rereader = Callable[[Session], None]


class Listener:
    """Reads each event once, a job's in order, and gives them to `receive`, which must not raise.
    Calls `reread` where it cannot know what was missed, as without a position to read from.

    It has a connection of its own, so it can neither starve nor be starved by the requests.
    """

    def __init__(
        self,
        url: URL,
        receive: Receiver,
        reread: Rereader,
        tokens: TokenCache,
        stop: threading.Event,
        position: int | None = None,
        *,
        token_used: Callable[[], None] = lambda: None,
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            connect_args={"application_name": "unstuck listener"},
        )
        connections.watched(self._engine)
        self._receive = receive
        self._reread = reread
        self._token_used = token_used
        self._connected = connected
        self._tokens = tokens
        self._stop = stop
        self._bookmarks = Bookmarks()
        if position is not None:
            self._bookmarks.start(position)
        self._next_look = 0.0
        self._failures = 0
        self._read_at = time.monotonic()

    def is_stale(self) -> bool:
        """Whether the log could not be read for so long that what readers have may be old."""
        return time.monotonic() - self._read_at > _STALE_S

    def run(self) -> None:
        """Listen until told to stop, through every loss of the connection."""
        while not self._stop.is_set():
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql(f"listen {notify.CHANNEL}")
                    self._connected()
                    self._tokens.listening(True)
                    try:
                        self._listen(connection)
                    finally:
                        self._tokens.listening(False)
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                self._back_off(error)

    def _back_off(self, error: Exception) -> None:
        if self._stop.is_set():
            return
        if self._failures == 0:
            database_errors.warn(_log, "listening for events was interrupted", error)
        self._stop.wait(_BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)])
        self._failures += 1

    def _listen(self, connection: Connection) -> None:
        line = cast("psycopg.Connection", connection.connection.driver_connection)
        session = Session(connection)
        # First listen, then look: what happened before one is found by the other.
        self._look(session)
        self._token_used()  # perhaps, while nobody listened
        self._failures = 0
        while not self._stop.is_set():
            timeout_s = max(0.0, self._next_look - time.monotonic())
            payloads = [note.payload for note in line.notifies(timeout=timeout_s, stop_after=1)]
            if notify.TOKEN_ENDED in payloads:
                self._tokens.forget()
            if notify.TOKEN_USED in payloads:
                self._token_used()
            began = time.monotonic()
            self._hear(session, [notify.jobs_in(payload) for payload in payloads])
            time.sleep(notify.pause_after(time.monotonic() - began))

    def _hear(self, session: Session, named: list[set[int] | None]) -> None:
        """Read the jobs that were notified of; all of them if one payload says so or it is time."""
        self._read(session, {job for jobs in named if jobs for job in jobs})
        if None in named or time.monotonic() >= self._next_look:
            self._look(session)

    def _look(self, session: Session) -> None:
        """Find and read whatever moved, notified of or not."""
        position = log.position(session)
        if not self._bookmarks.fits(position):
            self._reread(session)
            self._bookmarks.start(position)
        self._read(session, self._bookmarks.behind(log.moved(session, self._bookmarks.since)))
        self._bookmarks.looked(position)
        self._read_at = time.monotonic()
        self._next_look = self._read_at + _LOOK_EVERY_S

    def _read(self, session: Session, jobs: Collection[int]) -> None:
        while jobs:
            positions = self._bookmarks.positions(jobs)
            events = log.read_many(session, positions, self._bookmarks.since, _BATCH)
            if events:
                self._bookmarks.advance(events)
                self._receive(session, events)
            session.rollback()
            if len(events) < _BATCH:
                return
