"""The heartbeat of a process: signs of life, the revalidation of credentials, and the end."""

import logging
import threading
import time
from typing import Final, Protocol

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.accounts import revalidation
from webapp.extensions import db
from webapp.live.hub import Hub

_TICK_S: Final = 0.25  # how soon the end of the worker is noticed
_BEAT_S: Final = 5.0  # readers are promised a sign of life every 15 seconds
_AT_ONCE: Final = 50  # heartbeats, before others get a turn

_log = logging.getLogger(__name__)


class Worker(Protocol):
    """The part of gunicorn's worker that tells when it was asked to end."""

    alive: bool


_workers: list[Worker] = []


def watch(worker: Worker) -> None:
    """End the streams of this process when the worker is asked to end: gunicorn waits for open
    answers, and a stream would otherwise keep it waiting until it is killed."""
    _workers[:] = [worker]


def ending() -> bool:
    """Whether this process was asked to end."""
    return any(not worker.alive for worker in _workers)


class Heartbeat:
    """One timer for all streams and waiting calls."""

    def __init__(self, app: Flask, hub: Hub, stop: threading.Event) -> None:
        self._app = app
        self._hub = hub
        self._stop = stop

    def run(self) -> None:
        """Beat until told to stop."""
        next_beat = time.monotonic() + _BEAT_S
        while not self._stop.wait(_TICK_S):
            if ending():
                self._hub.close_all()
            elif time.monotonic() >= next_beat:
                next_beat = time.monotonic() + _BEAT_S
                self._beat()  # first: it needs nothing that could fail
                self.close_unwelcome()

    def close_unwelcome(self) -> None:
        """End what belongs to tokens that were revoked and sessions that ended."""
        subscribers = self._hub.subscribers()
        try:
            with self._app.app_context():
                credentials = {subscriber.credential for subscriber in subscribers}
                welcome = (
                    revalidation.still_good(db.session(), credentials) if subscribers else set()
                )
        except SQLAlchemyError as error:
            database_errors.warn(_log, "who may still listen could not be looked up", error)
            return
        for subscriber in subscribers:
            if subscriber.credential not in welcome:
                subscriber.close()

    def _beat(self) -> None:
        for count, reader in enumerate(self._hub.readers()):
            reader.beat()
            if count % _AT_ONCE == 0:
                time.sleep(0)
