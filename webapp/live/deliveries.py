"""Notes that answers reached an agent over its stream: once each, however many read along."""

import logging
import threading
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from webapp import database_errors
from webapp.accounts.access import actor_of_token
from webapp.actors import ALL_PROJECTS
from webapp.disk import DiskFull
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live.reader import Reader
from webapp.models import AgentEscalation
from webapp.operations import receipts
from webapp.queries import accounts, decisions, ownership

_RETRY_S: Final = 1.0

_log = logging.getLogger(__name__)


class Deliveries:
    """Collects what was sent, so that neither the listener nor a reader waits for the database."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._sent: set[tuple[UUID, str | None]] = set()

    def sent(self, events: Iterable[Event], readers: Iterable[Reader]) -> None:
        """Take note of the answers among the events that were sent to these readers."""
        for event in events:
            if not decisions.tells_answer(event):
                continue
            key = UUID(str(event.payload["escalation_id"]))
            agents: set[tuple[UUID, str | None]] = {
                (key, reader.credential.secret_hash)
                for reader in readers
                if _is_agent(reader, event.project_id)
            }
            if agents:
                with self._lock:
                    self._sent |= agents
                self._wake.set()

    def add(self, keys: Iterable[UUID]) -> None:
        """Take note of answers that reached an agent that waited for them in another way."""
        with self._lock:
            self._sent.update((key, None) for key in keys)
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
                for key in decisions.undelivered(db.session(), {key for key, _ in sent}):
                    readers = [reader for known, reader in sent if known == key]
                    if any(
                        secret_hash is None or _takes(key, secret_hash) for secret_hash in readers
                    ):
                        self._note_one(key)
                    sent = {each for each in sent if each[0] != key}
        except (OperationalError, InterfaceError, DiskFull) as error:
            database_errors.warn(_log, "deliveries could not be noted, trying again", error)
            with self._lock:
                self._sent |= sent
            self._stop.wait(_RETRY_S)
            self._wake.set()

    def _note_one(self, key: UUID) -> None:
        try:
            receipts.note_delivery(key)
        except (OperationalError, InterfaceError, DiskFull):
            raise
        except Exception:  # of this one: the others have to be noted all the same
            _log.exception("the delivery of the answer to question %s cannot be noted", key)


def _takes(key: UUID, secret_hash: str) -> bool:
    """Whether the token acts for a job that waited: what others read along is no delivery."""
    token = accounts.live_token(db.session(), secret_hash)
    by = None if token is None else actor_of_token(token)
    if by is None:
        return False
    return ownership.waits(db.session(), db.session.get_one(AgentEscalation, key), by=by)


def _is_agent(reader: Reader, project_id: str) -> bool:
    grants = reader.credential.grants
    return (project_id, "agent") in grants or (ALL_PROJECTS, "agent") in grants
