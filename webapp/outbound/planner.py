"""Turns events into deliveries as soon as they are written, and wakes the lanes."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final

import psycopg
from flask import Flask
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from webapp import connections, database_errors
from webapp.events import notify
from webapp.operations import mailing, outbox, summaries

_LOOK_EVERY_S: Final = 2.0  # a notification that is lost delays a message by this
_SUMMARIES_EVERY_S: Final = 30.0
_SPACING_S: Final = 0.05  # what happens meanwhile shares the next look
_BACKOFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)

_log = logging.getLogger(__name__)


class Planner:
    """Listens for events and for deliveries that were stored by hand. `wake` gets the channels
    that have something to send, or None for all of them."""

    def __init__(
        self,
        app: Flask,
        url: URL,
        wake: Callable[[Collection[str] | None], None],
        stop: threading.Event,
    ) -> None:
        self._app = app
        self._open = connections.opener(url, autocommit=True, application_name="unstuck worker")
        self._wake = wake
        self._stop = stop
        self._failures = 0
        self._summaries_at = 0.0

    def run(self) -> None:
        """Plan until told to stop, through every loss of the connection."""
        while not self._stop.is_set():
            try:
                self._listen()
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                if self._failures == 0:
                    database_errors.warn(_log, "the worker lost the database", error)
                self._stop.wait(_BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)])
                self._failures += 1

    def _listen(self) -> None:
        with self._open() as line:
            for channel in (notify.CHANNEL, notify.DELIVERIES):
                line.execute(f"listen {channel}".encode())
            self._wake(None)
            while not self._stop.is_set():
                self._plan()
                self._failures = 0
                notes = list(line.notifies(timeout=_LOOK_EVERY_S, stop_after=1))
                if any(note.channel == notify.DELIVERIES for note in notes):
                    self._wake(None)
                if notes:
                    time.sleep(_SPACING_S)

    def _plan(self) -> None:
        with self._app.app_context():
            if channels := outbox.plan():
                self._wake(channels)
            if time.monotonic() >= self._summaries_at:
                self._summaries_at = time.monotonic() + _SUMMARIES_EVERY_S
                if summaries.plan():
                    self._wake({mailing.EMAIL})
