"""The heartbeat of a process: signs of life, the revalidation of credentials, and the end."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.accounts import revalidation
from webapp.extensions import db
from webapp.live.frames import HEARTBEAT, STALE, Frame
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
    """One timer for all streams and waiting calls. While `is_stale`, streams are told so."""

    def __init__(
        self, app: Flask, hub: Hub, is_stale: Callable[[], bool], stop: threading.Event
    ) -> None:
        self._app = app
        self._hub = hub
        self._is_stale = is_stale
        self._stop = stop

    def run(self) -> None:
        """Beat until told to stop."""
        next_beat, stale = time.monotonic() + _BEAT_S, False
        while not self._stop.wait(_TICK_S):
            changed, stale = stale, self._is_stale()
            changed ^= stale
            if ending():
                self._hub.close_all()
            elif changed or time.monotonic() >= next_beat:
                next_beat = time.monotonic() + _BEAT_S
                # First: it needs nothing that could fail.
                self._beat(STALE if stale else Frame(HEARTBEAT.body) if changed else HEARTBEAT)
                if not stale:
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

    def _beat(self, frame: Frame) -> None:
        for count, reader in enumerate(self._hub.readers()):
            reader.beat(frame)
            if count % _AT_ONCE == 0:
                time.sleep(0)
