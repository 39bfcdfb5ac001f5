"""Releases held answers when their grace is over, closes questions whose deadline has passed, and
wipes secrets whose time is over. Every process does; each answer goes out once."""

import logging
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.events.log import Event
from webapp.extensions import db
from webapp.operations import deadlines, handing_over, holding
from webapp.queries import escalations

_LOOK_EVERY_S: Final = 2.0  # whoever held an answer may have died before its event was heard
_WIPE_EVERY_S: Final = 10.0  # secrets whose time is over; until then nobody can take them either
_ASIDE_S: Final = 60.0  # then an answer that could not be released is tried, and logged, again

_TIMED: Final = frozenset({Kind.ANSWER_HELD, Kind.ANSWER_UNDONE})

_log = logging.getLogger(__name__)


class Releases:
    """Sleeps until the next answer is due; one that is held meanwhile wakes it, to look again."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._aside: set[uuid.UUID] = set()
        self._aside_until = 0.0
        self._wipes_at = 0.0
        self._app = app
        self._stop = stop
        self._wake = threading.Event()
        self._over = threading.Event()

    def note(self, events: Iterable[Event]) -> None:
        """Look again when an answer was held, or a question came with a deadline."""
        if any(event.kind in _TIMED or event.payload.get("deadline") for event in events):
            self._wake.set()

    def end(self) -> None:
        """Return once nothing is being released any more; `stop` has to be set before."""
        self._wake.set()
        self._over.wait(_LOOK_EVERY_S)

    def run(self) -> None:
        """Release what is due, until told to stop."""
        self._over.clear()
        try:
            self._release()
        finally:
            self._over.set()

    def _release(self) -> None:
        while not self._stop.is_set():
            try:
                due = self._round()
            except SQLAlchemyError as error:
                database_errors.warn(_log, "held answers could not be released", error)
                due = None
            if not self._stop.is_set():
                self._wake.wait(_until(due))
            self._wake.clear()

    def _round(self) -> datetime | None:
        """Release what is due; returns when the next one will be."""
        if time.monotonic() >= self._aside_until:  # perhaps the next version can read them
            self._aside.clear()
            self._aside_until = time.monotonic() + _ASIDE_S
        with self._app.app_context():
            if time.monotonic() >= self._wipes_at:
                handing_over.wipe_due()
                self._wipes_at = time.monotonic() + _WIPE_EVERY_S
            holding.release_due(self._aside)
            deadlines.expire_due(self._aside)
            return _earliest(
                escalations.next_release(db.session(), self._aside),
                deadlines.next_deadline(db.session(), self._aside),
            )


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


def _until(due: datetime | None) -> float:
    if due is None:
        return _LOOK_EVERY_S
    return min(max((due - now()).total_seconds(), 0.0), _LOOK_EVERY_S)
