"""How long a request's body is waited for: whoever sends a byte now and then holds no place."""

import time
from collections.abc import Iterator
from typing import Any, Final

import gevent

BODY_S: Final = 60.0
"""For two megabytes over a bad line."""


class TimedBody:
    """The body of a request, all of which has to come within so many seconds. After that reading
    is as if the caller had gone away."""

    def __init__(self, body: Any, seconds: float = BODY_S) -> None:
        self._body = body
        self._end = time.monotonic() + seconds

    def read(self, *size: int) -> bytes:
        """Bytes, as many as there are."""
        return self._in_time(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        """One line."""
        return self._in_time(self._body.readline, *size)

    def readlines(self, _hint: int = -1) -> list[bytes]:
        """All lines."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _in_time(self, read: Any, *size: int) -> bytes:
        left = max(0.001, self._end - time.monotonic())
        with gevent.Timeout(left, TimeoutError("the body did not come in time")):
            found: bytes = read(*size)
        return found
