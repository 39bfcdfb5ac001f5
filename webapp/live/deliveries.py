"""Notes that answers reached an agent over its stream: once each, however many read along."""

import logging
import threading
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from webapp.actors import ALL_PROJECTS
from webapp.events.kinds import Kind
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live.reader import Reader
from webapp.operations import receipts
from webapp.queries import decisions

_RETRY_S: Final = 1.0

_log = logging.getLogger(__name__)


class Deliveries:
    """Collects what was sent, so that neither the listener nor a reader waits for the database."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._sent: set[UUID] = set()

    def sent(self, events: Iterable[Event], readers: Iterable[Reader]) -> None:
        """Take note of the answers among the events that were sent to these readers."""
        for event in events:
            if event.kind == Kind.ESCALATION_RESOLVED and any(
                _is_agent(reader, event.project_id) for reader in readers
            ):
                with self._lock:
                    self._sent.add(UUID(str(event.payload["escalation_id"])))
                self._wake.set()

    def add(self, keys: Iterable[UUID]) -> None:
        """Take note of answers that reached an agent in another way."""
        with self._lock:
            self._sent.update(keys)
        self._wake.set()

    def end(self) -> None:
        """Wake the thread to its end; `stop` has to be set before."""
        self._wake.set()

    def run(self) -> None:
        """Note what was collected, until told to stop."""
        while not self._stop.is_set():
            self._wake.wait()
            self._note()

    def _note(self) -> None:
        with self._lock:
            sent, self._sent = self._sent, set()
            self._wake.clear()
        try:
            with self._app.app_context():
                # A reader that comes back is sent old answers again: looking is cheaper.
                for key in decisions.undelivered(db.session(), sent):
                    self._note_one(key)
                    sent.discard(key)
        except (OperationalError, InterfaceError) as error:
            _log.warning("deliveries could not be noted, trying again: %s", error)
            with self._lock:
                self._sent |= sent
            self._stop.wait(_RETRY_S)
            self._wake.set()

    def _note_one(self, key: UUID) -> None:
        try:
            receipts.note_delivery(key)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # of this one: the others have to be noted all the same
            _log.exception("the delivery of the answer to question %s cannot be noted", key)


def _is_agent(reader: Reader, project_id: str) -> bool:
    grants = reader.credential.grants
    return (project_id, "agent") in grants or (ALL_PROJECTS, "agent") in grants
