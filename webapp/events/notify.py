"""The hint, after the commit, that the logs of some jobs grew: one PostgreSQL NOTIFY.

One thread per process sends one NOTIFY for all the jobs that were touched meanwhile. The log is the
truth: a notification that is lost delays an event until the listener's next poll, never loses it.
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

from webapp import connections, database_errors
from webapp.extensions import db

CHANNEL: Final = "unstuck"
DELIVERIES: Final = "unstuck_deliveries"
"""Tells workers that a delivery was stored which no event tells of."""

EVERYTHING: Final = "*"
TOKEN_ENDED: Final = "token ended"  # noqa: S105 - a payload, not a secret
TOKEN_USED: Final = "token used"  # noqa: S105 - as above
_PAYLOAD_LIMIT: Final = 7_500  # bytes; PostgreSQL refuses a payload of 8,000
_SPACING_S: Final = 0.003  # between two NOTIFYs: what is touched meanwhile shares the next one
_LONGEST_PAUSE_S: Final = 0.02
_IDLE_S: Final = 300.0  # then the thread ends and its connection with it, until the next job

_log = logging.getLogger(__name__)


def send(jobs: Collection[int]) -> None:
    """Tell the listeners of all processes that these jobs have new events. Returns right away and
    raises nothing: what was committed stays committed, delivered or not."""
    notifier = current_app.extensions.get("notifier")
    if notifier is None or notifier.pid != os.getpid():  # threads do not survive a fork
        notifier = current_app.extensions["notifier"] = Notifier(db.engine.url)
    notifier.send(jobs)


def token_ended(session: Session) -> None:
    """Tell all processes, with the commit of this transaction, that a token no longer works. This
    is rare, so it may take the lock that `send` avoids, and unlike `send` it cannot be lost."""
    session.execute(select(func.pg_notify(CHANNEL, TOKEN_ENDED)))


def token_used(session: Session) -> None:
    """Tell all processes, with the commit of this transaction, that a token was used for the first
    time, or that its link was. As rare as the making of a token."""
    session.execute(select(func.pg_notify(CHANNEL, TOKEN_USED)))


def deliveries_stored(session: Session) -> None:
    """Wake the workers with the commit of this transaction. As rare as what a person presses; what
    follows from events is noticed by their own notifications."""
    session.execute(select(func.pg_notify(DELIVERIES, "")))


def payload_for(jobs: Iterable[int]) -> str:
    """The payload that names these jobs, or the one that says: look at all of them."""
    payload = ",".join(map(str, jobs))
    return payload if len(payload) <= _PAYLOAD_LIMIT else EVERYTHING


def jobs_in(payload: str) -> set[int] | None:
    """The jobs that a payload names; None for all of them, also when it cannot be read."""
    try:
        return {int(job) for job in payload.split(",")}
    except ValueError:
        return None


def pause_after(took: float) -> float:
    """The seconds to pause after a NOTIFY, or a read that followed one, took `took` seconds.
    Changes made during the pause share the next one, so a busy server spends at most a quarter of
    its time on it."""
    return min(3 * took, _LONGEST_PAUSE_S)


class Notifier:
    """Sends the NOTIFYs of one database, from a thread that lives while there are jobs to send."""

    def __init__(self, url: URL) -> None:
        self.pid = os.getpid()
        self._connection = _Connection(url)
        self._lock = threading.Lock()
        self._jobs: set[int] = set()
        self._wake = threading.Event()  # set exactly while there are jobs to send
        self._thread: threading.Thread | None = None

    def send(self, jobs: Collection[int]) -> None:
        """Hand these jobs to the thread; does not wait for the NOTIFY."""
        with self._lock:
            self._jobs.update(jobs)
            self._wake.set()
            if self._thread is None:
                self._start()
        time.sleep(0)  # the thread goes first: listeners need not wait for this response's text

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="notifier", daemon=True)
        try:
            thread.start()
            self._thread = thread
        except RuntimeError as error:  # the process is ending, or may have no more threads
            _log.warning("NOTIFY could not be sent: %s", error)

    def _run(self) -> None:
        try:
            while jobs := self._next():
                began = time.monotonic()
                self._connection.notify(payload_for(jobs))
                took = time.monotonic() - began
                time.sleep(max(_SPACING_S, pause_after(took)))
        except BaseException:
            with self._lock:
                self._thread = None  # the next `send` starts another
            raise
        finally:
            self._connection.close()

    def _next(self) -> set[int]:
        """The jobs to send; empty when there were none for a while and the thread is to end."""
        self._wake.wait(_IDLE_S)
        with self._lock:
            jobs, self._jobs = self._jobs, set()
            self._wake.clear()
            if not jobs:
                self._thread = None
            return jobs


class _Connection:
    """The notifier's own connection in autocommit, opened when needed and reopened when it
    broke."""

    def __init__(self, url: URL) -> None:
        self._open = connections.opener(url, autocommit=True, prepare_threshold=None)
        self._connection: psycopg.Connection | None = None

    def notify(self, payload: str) -> None:
        for retry in (True, False):
            try:
                self._connected().execute("select pg_notify(%s, %s)", [CHANNEL, payload])
                return
            except (psycopg.Error, OSError) as error:
                self.close()
                if not retry:
                    database_errors.warn(_log, "NOTIFY could not be sent", error)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection
