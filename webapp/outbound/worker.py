"""The worker: `flask worker`, a process that sends what waits to leave. Several may run."""

import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Collection
from typing import Any, Final

from flask import Flask
from sqlalchemy import URL, make_url

from webapp.config import Config
from webapp.events import log
from webapp.extensions import db
from webapp.live.supervision import Supervised
from webapp.operations import deliveries
from webapp.outbound.channel import LEASE_S, Channel
from webapp.outbound.channels import CHANNELS
from webapp.outbound.lane import Lane
from webapp.outbound.planner import Planner
from webapp.outbound.telegram_poller import TelegramPoller

_BEAT_S: Final = 10.0
_LAST_S: Final = 3.0


class Worker:
    """All threads of a worker: one plans, one gives signs of life, and a lane for each channel.
    Where a Telegram bot is set up, one asks for what people send to it."""

    def __init__(
        self,
        app: Flask,
        channels: Collection[Channel[Any]] = CHANNELS,
        lease_s: float = LEASE_S,
    ) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._app = app
        self._stop = threading.Event()
        self._lanes = {each.name: Lane(app, each, self._stop, lease_s) for each in channels}
        planner = Planner(app, _listen_url(app), self._wake, self._stop)
        parts = {"planner": planner.run, "worker beat": self._beat}
        parts |= {f"lane {name}": lane.run for name, lane in self._lanes.items()}
        config: Config = app.extensions["unstuck"]
        if config.telegram is not None:
            poller = TelegramPoller(app, config.telegram, self.name, self._stop)
            parts["telegram"] = poller.run
        self._threads = [Supervised(name, run, self._stop) for name, run in parts.items()]

    def start(self) -> None:
        """Begin; returns right away."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and give what is being sent a moment to be settled."""
        self._stop.set()
        for lane in self._lanes.values():
            lane.end()
        for thread in self._threads:
            thread.join(_LAST_S)
        until = time.monotonic() + _LAST_S
        for lane in self._lanes.values():
            lane.rest(until)

    def _wake(self, channels: Collection[str] | None) -> None:
        for name, lane in self._lanes.items():
            if channels is None or name in channels:
                lane.wake()

    def _beat(self) -> None:
        while True:
            with self._app.app_context():
                log.position(db.session())  # sets the clock
                deliveries.beat(self.name)
            if self._stop.wait(_BEAT_S):
                break
        with self._app.app_context():
            deliveries.end(self.name)


def _listen_url(app: Flask) -> URL:
    config: Config = app.extensions["unstuck"]
    with app.app_context():
        return make_url(config.listen_url) if config.listen_url else db.engine.url


def run(app: Flask) -> None:
    """Send until SIGTERM or Ctrl-C; ends at once when the supervisor is gone."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    if lifeline := os.environ.get("DESK_LIFELINE"):
        threading.Thread(target=_end_with, args=(int(lifeline),), daemon=True).start()
    worker = Worker(app, lease_s=float(os.environ.get("WORKER_LEASE_S") or LEASE_S))
    worker.start()
    asked.wait()
    worker.stop()
    # Not by way of the interpreter's end, which waits for the pools' threads: what they still send
    # is taken up by another worker when its lease runs out.
    os._exit(0)


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)  # returns when the supervisor is gone: nobody writes to it
    os._exit(1)
