"""The doorbell: a hint, after the commit, that the logs of some jobs grew.

One thread per process sends one NOTIFY for all the jobs that were touched meanwhile. The log is the
truth: a ring that is lost costs a listener its next slow look, never an event.
"""

import logging
import os
import threading
import time
from collections.abc import Collection, Iterable
from typing import Final

import psycopg
from flask import current_app
from sqlalchemy import URL, func, select
from sqlalchemy.orm import Session

from webapp.extensions import db

CHANNEL: Final = "unstuck"
EVERYTHING: Final = "*"
TOKEN_ENDED: Final = "token ended"  # noqa: S105 - what the bell says, not a secret
_PAYLOAD_LIMIT: Final = 7_500  # bytes; PostgreSQL refuses a payload of 8,000
_SPACING_S: Final = 0.003  # between two NOTIFYs: what is touched meanwhile shares the next one
_LONGEST_REST_S: Final = 0.02
_IDLE_S: Final = 300.0  # then the thread ends and its connection with it, until the next ring

_log = logging.getLogger(__name__)


def ring(jobs: Collection[int]) -> None:
    """Tell the listeners of all processes that these jobs have new events. Returns at once and
    raises nothing: what was committed stays committed, heard or not."""
    bell = current_app.extensions.get("doorbell")
    if bell is None or bell.pid != os.getpid():  # threads do not survive a fork
        bell = current_app.extensions["doorbell"] = Doorbell(db.engine.url)
    bell.ring(jobs)


def ring_for_token(session: Session) -> None:
    """Tell all processes, with the commit of this transaction, that a token works no longer. Rare,
    so it may take the lock that the doorbell otherwise avoids; and sure, which a hint is not."""
    session.execute(select(func.pg_notify(CHANNEL, TOKEN_ENDED)))


def written(jobs: Iterable[int]) -> str:
    """The payload that names these jobs, or the one that says: look at all of them."""
    payload = ",".join(map(str, jobs))
    return payload if len(payload) <= _PAYLOAD_LIMIT else EVERYTHING


def heard(payload: str) -> set[int] | None:
    """The jobs that a payload names; None for all of them, also when it cannot be read."""
    try:
        return {int(job) for job in payload.split(",")}
    except ValueError:
        return None


def rest_after(took: float) -> float:
    """For how many seconds to rest after ringing, or reading what was rung for, took so many. What
    happens meanwhile shares the next time, so that a busy server does not spend more than a quarter
    of its time on it."""
    return min(3 * took, _LONGEST_REST_S)


class Doorbell:
    """Rings for one database, from a thread that lives while there is something to ring for."""

    def __init__(self, url: URL) -> None:
        self.pid = os.getpid()
        self._line = _Line(url)
        self._lock = threading.Lock()
        self._jobs: set[int] = set()
        self._wake = threading.Event()  # set exactly while there are jobs to ring for
        self._thread: threading.Thread | None = None

    def ring(self, jobs: Collection[int]) -> None:
        """Ring soon for these jobs; does not wait for it."""
        with self._lock:
            self._jobs.update(jobs)
            self._wake.set()
            if self._thread is None:
                self._start()
        time.sleep(0)  # the thread goes first: whoever listens need not wait for this answer's text

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        try:
            thread.start()
            self._thread = thread
        except RuntimeError as error:  # the process is ending, or may have no more threads
            _log.warning("the doorbell could not be rung: %s", error)

    def _run(self) -> None:
        try:
            while jobs := self._next():
                began = time.monotonic()
                self._line.notify(written(jobs))
                took = time.monotonic() - began
                time.sleep(max(_SPACING_S, rest_after(took)))
        except BaseException:
            with self._lock:
                self._thread = None  # the next ring starts another
            raise
        finally:
            self._line.close()

    def _next(self) -> set[int]:
        """The jobs to ring for; empty when there were none for a while and the thread is to end."""
        self._wake.wait(_IDLE_S)
        with self._lock:
            jobs, self._jobs = self._jobs, set()
            self._wake.clear()
            if not jobs:
                self._thread = None
            return jobs


class _Line:
    """A connection of its own in autocommit, made when needed and made again when it broke."""

    def __init__(self, url: URL) -> None:
        plain = url.set(drivername="postgresql")
        self._url = plain.render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = None

    def notify(self, payload: str) -> None:
        for retry in (True, False):
            try:
                self._connected().execute("select pg_notify(%s, %s)", [CHANNEL, payload])
                return
            except (psycopg.Error, OSError) as error:
                self.close()
                if not retry:
                    _log.warning("the doorbell could not be rung: %s", error)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, prepare_threshold=None
            )
        return self._connection
