"""An open answer: what it writes, from the first byte to the last.

No database connection is held between its events, and nothing of the request is used but what was
taken from it before.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live import catch_up
from webapp.live.frames import HEADERS, Frame, event_frame, opening
from webapp.live.hub import Audience
from webapp.live.reader import MISSED, Reader
from webapp.live.service import Live

_BATCH = 100
T = TypeVar("T")

_log = logging.getLogger(__name__)


def of_job(live: Live, job: int, reader: Reader) -> Response:
    """A job's events after the reader's position: those of the log, then the live ones, each once
    and in order."""
    return _answer(_write_job(live, job, reader))


def of_pages(live: Live, audiences: Sequence[Audience], reader: Reader) -> Response:
    """The regions of pages: all of them as they are now, then each when it changed."""
    return _answer(_write_pages(live, audiences, reader))


def _answer(body: Iterator[bytes]) -> Response:
    # The request's session would keep its connection for as long as the stream is open; and what
    # the server holds for as long need not hold the request.
    db.session.remove()
    request.environ.pop("werkzeug.request", None)
    # Passed through, so that this answer does not stay in memory for as long as the stream.
    return Response(body, headers=HEADERS, direct_passthrough=True)


# Thousands of these generators wait at the same time, each on a stack of its own: every further
# generator or context manager around the waiting line would cost each stream a kilobyte.


def _write_job(live: Live, job: int, reader: Reader) -> Iterator[bytes]:
    # First listen, then read: what happens in between is found twice and written once.
    live.hub.jobs.add(reader, job)
    live.open_streams.enter(reader.credential)
    try:
        yield opening()
        yield from _from_log(live, job, reader)
        while frames := reader.take():
            yield from _in_order(live, job, reader, frames)
    except SQLAlchemyError as error:
        database_errors.warn(_log, "a stream ended early, its reader will come back", error)
    finally:
        reader.close()
        live.open_streams.leave(reader.credential)
        live.hub.jobs.remove(reader, job)


def _write_pages(live: Live, audiences: Sequence[Audience], reader: Reader) -> Iterator[bytes]:
    live.hub.pages.add(reader, *audiences)
    live.open_streams.enter(reader.credential)
    try:
        yield opening()
        live.pages.welcome(reader, audiences)
        while frames := reader.take():
            if MISSED in frames:
                live.pages.welcome(reader, audiences)
            yield b"".join(frame.body for frame in frames)
    finally:
        reader.close()
        live.open_streams.leave(reader.credential)
        live.hub.pages.remove(reader, *audiences)


def _in_order(live: Live, job: int, reader: Reader, frames: list[Frame]) -> Iterator[bytes]:
    for frame in frames:
        if frame.seq is None:
            yield frame.body
        elif frame.seq == reader.position + 1:
            reader.position = frame.seq
            yield frame.body
        elif frame.seq > reader.position:
            yield from _from_log(live, job, reader)


def _since(live: Live, job: int, position: int) -> list[Event]:
    with live.app.app_context():
        return catch_up.since(db.session(), job, position, _BATCH)


def _apart(read: Callable[[], T]) -> T:
    """What `read` returns, called on a stack of its own: the depth to which a stack was ever used
    stays in memory for as long as the stack, which here is as long as the stream."""
    came: Future[T] = Future()

    def run() -> None:
        try:
            came.set_result(read())
        except BaseException as error:
            came.set_exception(error)

    threading.Thread(target=run, name="live catch-up", daemon=True).start()
    return came.result()


def _from_log(live: Live, job: int, reader: Reader) -> Iterator[bytes]:
    while True:
        events = _apart(partial(_since, live, job, reader.position))
        if events:
            reader.position = events[-1].seq
            yield b"".join(event_frame(event).body for event in events)
            live.deliveries.sent(events, [reader])
        if len(events) < _BATCH:
            return
