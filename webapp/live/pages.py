"""Streams of pages: a region that changed is rendered once per audience, never once per reader."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Final

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import InterfaceError, OperationalError

from webapp import database_errors
from webapp.errors import AppError
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live import fragments
from webapp.live.frames import Frame, region_frame
from webapp.live.hub import Audience, Subscriptions
from webapp.live.reader import Reader
from webapp.live.regions import Region, View
from webapp.queries.screens import read_once

_SPACING_S: Final = 0.03  # a burst of events is one rendering; the first of them waits for nobody
_RETRY_S: Final = 1.0

_log = logging.getLogger(__name__)


class Pages:
    """Renders what changed and hands the bytes to all who look at it.

    Who joins is sent all regions, rendered after they began to listen: whatever happened between
    the page and its stream is in them.
    """

    def __init__(
        self, app: Flask, readers: Subscriptions[Audience, Reader], stop: threading.Event
    ) -> None:
        self._app = app
        self._readers = readers
        self._stop = stop
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._changed: dict[Audience, set[Region]] = {}
        self._joined: dict[Audience, list[Reader]] = {}

    def welcome(self, reader: Reader, audiences: Iterable[Audience]) -> None:
        """Send all regions as they are now to a reader that has just begun to listen."""
        with self._lock:
            for audience in audiences:
                self._joined.setdefault(audience, []).append(reader)
            self._wake.set()

    def note(self, events: Iterable[Event]) -> None:
        """Note what these events change for those who are looking."""
        events = list(events)
        for audience in self._readers.topics():
            if regions := changed_regions(audience, events):
                with self._lock:
                    self._changed.setdefault(audience, set()).update(regions)
                    self._wake.set()

    def note_tokens(self) -> None:
        """A token was used for the first time, or its link was: show it where somebody waits for
        that."""
        regions = {region for region in fragments.VIEWS["connect"].regions if region.of_tokens}
        for audience in self._readers.topics():
            if audience.view == "connect":
                with self._lock:
                    self._changed.setdefault(audience, set()).update(regions)
                    self._wake.set()

    def end(self) -> None:
        """Let `run` see that it was told to stop."""
        self._wake.set()

    def run(self) -> None:
        """Render whatever was noted, until told to stop."""
        while not self._stop.is_set():
            if self._wake.wait(1.0):
                self.render()
                time.sleep(_SPACING_S)

    def render(self) -> None:
        """Render once what was noted until now."""
        with self._lock:
            changed, self._changed = self._changed, {}
            joined, self._joined = self._joined, {}
            self._wake.clear()
        for audience in changed.keys() | joined.keys():
            self._serve(audience, changed.get(audience, set()), joined.get(audience, []))

    def _serve(self, audience: Audience, changed: set[Region], joined: list[Reader]) -> None:
        regions = fragments.VIEWS[audience.view].regions if joined else changed
        try:
            frames = self._frames(audience, regions)
        except (OperationalError, InterfaceError) as error:
            database_errors.warn(_log, "a page could not be rendered, trying again", error)
            self._stop.wait(_RETRY_S)
            with self._lock:
                self._changed.setdefault(audience, set()).update(changed)
                self._joined.setdefault(audience, []).extend(joined)
                self._wake.set()
        except Exception as error:
            if not isinstance(error, AppError):  # the subject is gone, or no longer theirs
                _log.exception("a region of %s could not be rendered", audience.view)
            for reader in self._readers.of(audience):
                reader.close()
        else:
            newcomers = set(joined)
            for region, frame in frames.items():
                for reader in self._readers.of(audience) if region in changed else newcomers:
                    reader.send(frame)

    def _frames(self, audience: Audience, regions: Iterable[Region]) -> dict[Region, Frame]:
        # Inside a request of nobody's, so that templates can build addresses.
        nobodys = self._app.test_request_context(f"/live/{audience.view}")
        with nobodys, force_locale(audience.language):
            session, by = db.session(), audience.actor
            with read_once(session):
                return {
                    region: region_frame(
                        audience.channel, region.name, region.render(session, by, audience.key)
                    )
                    for region in regions
                }


def changed_regions(audience: Audience, events: Iterable[Event]) -> set[Region]:
    """The regions that these events change for that audience."""
    view: View = fragments.VIEWS[audience.view]
    actor = audience.actor
    kinds = {
        event.kind
        for event in events
        if actor.role_in(event.project_id) and view.concerns(event, audience.key)
    }
    return {region for region in view.regions if kinds & region.kinds}
