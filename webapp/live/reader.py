"""One open stream: the hub sends frames to it, and its request takes them and writes them."""

import sys
import threading
import time
from typing import Final

from webapp.accounts.revalidation import Credential
from webapp.live.frames import HEARTBEAT, Frame
from webapp.live.socket_writer import SocketWriter

MISSED: Final = Frame(b"", sys.maxsize)
"""Taken instead of frames that there was no room for: read what is missing from the log."""

_BACKLOG_LIMIT: Final = 1_000_000  # bytes that may wait for one reader
_STALLED_S: Final = 10.0  # for this long a reader may leave a frame where it is


class Reader:
    """The end of a stream that the hub sees.

    Frames wait in a bounded backlog. Where there is a socket writer, and while the request has
    nothing to do but wait, `send` writes to the socket itself: one loop serves all readers and none
    of their greenlets wakes. What the socket does not take at once is the request's to write again.

    Nothing is skipped in silence: a burst that is too large for the backlog is taken as MISSED,
    and a reader that does not read is cut off; it comes back and says where it was.
    """

    __slots__ = (
        "_closed",
        "_direct",
        "_fed",
        "_frames",
        "_gate",
        "_lock",
        "_rest",
        "_since",
        "_size",
        "_writer",
        "credential",
        "position",
    )

    def __init__(
        self, credential: Credential, writer: SocketWriter | None = None, position: int = 0
    ) -> None:
        self.credential = credential
        self.position = position
        """The number of the last event that was written; of no meaning in the stream of a page."""
        self._writer = writer
        self._lock = threading.Lock()
        # A lock in place of an Event, which is five objects: it is held while there is nothing to
        # do, and whoever has something to do lets it go.
        self._gate = threading.Lock()
        self._gate.acquire()
        self._frames: list[Frame] = []
        self._size = 0
        self._since = 0.0  # when the oldest frame of the backlog came
        self._rest = b""
        self._direct = False
        self._closed = False
        self._fed = False  # since the last beat

    def send(self, frame: Frame) -> None:
        """Hand over a frame. Never blocks and never raises."""
        with self._lock:
            if not self._closed and not (self._direct and self._write(frame)):
                self._keep(frame)

    def beat(self, frame: Frame = HEARTBEAT) -> None:
        """Show that the stream lives, or that it is stale; cut it off when its reader has not read
        for too long."""
        with self._lock:
            fed, self._fed = self._fed, False
            if self._frames and time.monotonic() - self._since > _STALLED_S:
                self._cut()
            elif self._closed or (frame is HEARTBEAT and (fed or self._frames)):
                return  # what it was sent shows as much
            elif not (self._direct and self._write(frame)):
                self._keep(frame)

    def take(self) -> list[Frame]:
        """Wait for frames and return them in order; an empty list when the stream is over. Raises
        OSError when the reader is gone."""
        while True:
            with self._lock:
                if self._closed:
                    return []
                rest, self._rest = self._rest, b""
                if not rest and self._frames:
                    return self._emptied()
                if not rest:
                    self._direct = self._writer is not None
            if rest and self._writer:
                self._writer.write_all(rest)
            else:
                self._gate.acquire()

    def close(self) -> None:
        """End the stream. Nothing is written by `send` after this returns."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        if self._gate.locked():
            self._gate.release()

    def _emptied(self) -> list[Frame]:
        frames, self._frames, self._size = self._frames, [], 0
        return frames

    def _keep(self, frame: Frame) -> None:
        self._direct = False
        if not self._frames:
            self._since = time.monotonic()
        self._size += len(frame.body)
        if self._size > _BACKLOG_LIMIT:
            self._frames.clear()
            frame = MISSED
        self._frames.append(frame)
        self._wake()

    def _write(self, frame: Frame) -> bool:
        """Write a frame to the socket; False when the request must look at it first."""
        if frame.seq is not None:
            if frame.seq <= self.position:
                return True
            if frame.seq > self.position + 1:
                return False
            self.position = frame.seq
            self._fed = True
        try:
            self._rest = self._writer.write(frame) if self._writer else frame.body
        except OSError:
            self._cut()
        if self._rest:
            self._direct = False
            self._wake()
        return True

    def _cut(self) -> None:
        self._closed = True
        self._wake()
        if self._writer:
            self._writer.cut()
