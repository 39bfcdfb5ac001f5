"""What streams and waiting calls need to run in this process, started when the first one comes."""

import logging
import os
import threading
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import pool
from webapp.actors import ALL_PROJECTS
from webapp.clock import now
from webapp.config import Config
from webapp.events import log
from webapp.events.kinds import CLOSING, Kind
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live.deliveries import Deliveries
from webapp.live.heartbeat import Heartbeat
from webapp.live.hub import Hub
from webapp.live.listener import Listener
from webapp.live.open_streams import OpenStreams
from webapp.live.pages import Pages
from webapp.live.pruning import Pruning
from webapp.live.reader import MISSED
from webapp.live.releases import Releases
from webapp.live.supervision import Supervised
from webapp.metrics import FAN_OUT_SECONDS, NOTIFY_SECONDS
from webapp.queries import decisions

_PATIENCE_S: Final = 2.0

_log = logging.getLogger(__name__)


class Live:
    """The hub of this process with its threads: listener, pages, releases, deliveries,
    heartbeat, pruning, open streams."""

    def __init__(self, app: Flask, url: URL) -> None:
        self.app = app
        self.pid = os.getpid()
        self.hub = Hub()
        self._stop = threading.Event()
        self.open_streams = OpenStreams(app, self._stop)
        self.pages = Pages(app, self.hub.pages, self._stop)
        self.releases = Releases(app, self._stop)
        self.deliveries = Deliveries(app, self._stop)
        tokens = app.extensions["token_cache"]
        listener = Listener(
            url,
            self.receive,
            self.reread,
            tokens,
            self._stop,
            _position_now(app),
            token_used=self.pages.note_tokens,
            connected=_database(app).heard,
        )
        parts = {
            "listener": listener.run,
            "page streams": self.pages.run,
            "releases": self.releases.run,
            "deliveries": self.deliveries.run,
            "heartbeat": Heartbeat(app, self.hub, listener.is_stale, self._stop).run,
            "pruning": Pruning(app, self._stop).run,
            "open streams": self.open_streams.run,
        }
        self._threads = [Supervised(name, run, self._stop) for name, run in parts.items()]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all streams, and return when no thread uses the application's connections any more.
        The listener has one of its own and ends by itself."""
        self._stop.set()
        self.releases.end()
        self.pages.end()
        self.deliveries.end()
        self.hub.close_all()
        for thread in self._threads[1:]:
            thread.join(_PATIENCE_S)

    def down(self) -> list[str]:
        """The names of the threads that fail again and again."""
        return [thread.name for thread in self._threads if thread.is_down]

    def receive(self, session: Session, events: list[Event]) -> None:
        """Pass on what the listener read. What fails here closes all streams: their readers come
        back and catch up, so that nothing is lost in silence."""
        began = now()
        try:
            self._bring_decisions(session, events)
            self._wake_feeds(events)
            self.hub.send(events)
            self._note_deliveries(events)
            _measure(events, began)
            self.pages.note(events)
            self.releases.note(events)
        except Exception:
            _log.exception("events could not be passed on")
            self.hub.close_all()

    def reread(self, session: Session) -> None:
        """Let all who are connected look at the log again: what the listener missed is unknown."""
        for reader in self.hub.readers():
            reader.send(MISSED)
        for key in self.hub.waits.topics():
            decision = decisions.decided(session, key)
            for waiter in self.hub.waits.of(key):
                if decision:
                    waiter.bring(decision)
                elif waiter.until_turn:  # it looks itself, and perhaps waits on
                    waiter.close()
        for feed in self.hub.feeds:
            feed.wake()

    def _note_deliveries(self, events: list[Event]) -> None:
        for event in events:
            self.deliveries.sent([event], self.hub.jobs.of(event.job))

    def _bring_decisions(self, session: Session, events: list[Event]) -> None:
        for event in events:
            named = event.payload.get("escalation_id")
            if named is not None:
                self._bring_decision(session, event, UUID(str(named)))

    def _wake_feeds(self, events: list[Event]) -> None:
        closed = {event.project_id for event in events if event.kind in CLOSING}
        for waiter in self.hub.feeds if closed else ():
            grants = dict(waiter.credential.grants)
            if ALL_PROJECTS in grants or closed & grants.keys():
                waiter.wake()

    def _bring_decision(self, session: Session, event: Event, key: UUID) -> None:
        waiters = self.hub.waits.of(key)
        if event.kind == Kind.QUESTION_ASKED_BACK:
            for waiter in waiters:
                if waiter.until_turn:  # what is asked, the database knows
                    waiter.close()
            return
        decision = waiters and (decisions.from_event(event) or decisions.decided(session, key))
        if decision:
            for waiter in waiters:
                waiter.bring(decision)


def _database(app: Flask) -> pool.Database:
    """What watches over the connections of requests: they are tried again as soon as the listener
    is connected, so that no page says "Live" while its server still answers 503."""
    with app.app_context():
        return pool.of(db.engine)


def _position_now(app: Flask) -> int | None:
    """From where to read, for those who connect from now on; None while the database is away."""
    try:
        with app.app_context():
            return log.position(db.session())
    except SQLAlchemyError:
        return None


def _measure(events: list[Event], read_at: datetime) -> None:
    written_at = now()
    for event in events:
        NOTIFY_SECONDS.observe(max(0.0, (read_at - event.at).total_seconds()))
        FAN_OUT_SECONDS.observe(max(0.0, (written_at - event.at).total_seconds()))


_starting = threading.Lock()


def live() -> Live:
    """The running service of this process; started on the first call, also after a fork, which
    threads do not survive."""
    running: Live | None = current_app.extensions.get("live")
    if running is None or running.pid != os.getpid():
        with _starting:
            running = current_app.extensions.get("live")
            if running is None or running.pid != os.getpid():
                app = current_app._get_current_object()  # type: ignore[attr-defined]
                running = current_app.extensions["live"] = Live(app, _listen_url(app))
    return running


def _listen_url(app: Flask) -> URL:
    """Where to listen: directly at the server, also where requests go through a pooler."""
    config: Config = app.extensions["unstuck"]
    return make_url(config.listen_url) if config.listen_url else db.engine.url


def down(app: Flask) -> list[str]:
    """The threads of this process that fail again and again; none where none was started."""
    running: Live | None = app.extensions.get("live")
    return running.down() if running else []


def stop(app: Flask) -> None:
    """End the service of an application, if it was started."""
    if running := app.extensions.pop("live", None):
        running.stop()
