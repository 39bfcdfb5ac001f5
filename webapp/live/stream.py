"""An open answer: what it writes, from the first byte to the last.

No database connection is held between its events, and nothing of the request is used but what was
taken from it before.
"""

import logging
from collections.abc import Iterator, Sequence

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from webapp.extensions import db
from webapp.live import catch_up
from webapp.live.frames import HEADERS, Frame, event_frame, opening
from webapp.live.hub import Audience
from webapp.live.reader import MISSED, Reader
from webapp.live.service import Live

_BATCH = 100

_log = logging.getLogger(__name__)


def of_job(live: Live, job: int, reader: Reader) -> Response:
    """A job's events after the reader's position: those of the log, then the live ones, each once
    and in order."""
    return _answer(_write_job(live, job, reader))


def of_pages(live: Live, audiences: Sequence[Audience], reader: Reader) -> Response:
    """The regions of pages: all of them as they are now, then each when it changed."""
    return _answer(_write_pages(live, audiences, reader))


def _answer(body: Iterator[bytes]) -> Response:
    # The request's session would keep its connection for as long as the stream is open.
    db.session.remove()
    # Passed through, so that this answer does not stay in memory for as long as the stream.
    return Response(body, headers=HEADERS, direct_passthrough=True)


# Thousands of these generators wait at the same time, each on a stack of its own: every further
# generator or context manager around the waiting line would cost each stream a kilobyte.


def _write_job(live: Live, job: int, reader: Reader) -> Iterator[bytes]:
    # First listen, then read: what happens in between is found twice and written once.
    live.hub.jobs.join(reader, job)
    try:
        yield opening()
        yield from _from_log(live, job, reader)
        while frames := reader.take():
            yield from _in_order(live, job, reader, frames)
    except SQLAlchemyError as error:
        _log.warning("a stream ended early, its reader will come back: %s", error)
    finally:
        reader.close()
        live.hub.jobs.leave(reader, job)


def _write_pages(live: Live, audiences: Sequence[Audience], reader: Reader) -> Iterator[bytes]:
    live.hub.pages.join(reader, *audiences)
    try:
        yield opening()
        live.pages.welcome(reader, audiences)
        while frames := reader.take():
            if MISSED in frames:
                live.pages.welcome(reader, audiences)
            yield b"".join(frame.body for frame in frames)
    finally:
        reader.close()
        live.hub.pages.leave(reader, *audiences)


def _in_order(live: Live, job: int, reader: Reader, frames: list[Frame]) -> Iterator[bytes]:
    for frame in frames:
        if frame.seq is None:
            yield frame.body
        elif frame.seq == reader.position + 1:
            reader.position = frame.seq
            yield frame.body
        elif frame.seq > reader.position:
            yield from _from_log(live, job, reader)


def _from_log(live: Live, job: int, reader: Reader) -> Iterator[bytes]:
    while True:
        with live.app.app_context():
            events = catch_up.since(db.session(), job, reader.position, _BATCH)
        if events:
            reader.position = events[-1].seq
            yield b"".join(event_frame(event).body for event in events)
            live.deliveries.sent(events, [reader])
        if len(events) < _BATCH:
            return
