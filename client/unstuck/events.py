"""The events of a job as they come, over a stream that goes on after a lost connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Optional

from unstuck.errors import StillPending
from unstuck.threads import in_thread
from unstuck.transport import NEVER, Json

if TYPE_CHECKING:
    from unstuck.client import Unstuck


def events(
    client: Unstuck,
    after: int = 0,
    timeout_s: Optional[float] = None,
    *,
    stop: threading.Event = NEVER,
) -> Iterator[Json]:
    """Yield the events of the client's job after the number `after`, each once and in order, and
    wait for more. Raises StillPending after `timeout_s` seconds without one."""
    last, news = after, time.monotonic()

    def headers() -> dict[str, str]:
        return {"Accept": "text/event-stream", "Last-Event-ID": str(last)}

    def left_s() -> float:
        return float("inf") if timeout_s is None else news + timeout_s - time.monotonic()

    data: list[str] = []
    for line in client.transport.lines(client.job_path("/events"), headers, left_s, stop=stop):
        if line is None:
            data = []  # half an event: all of it comes again
        elif line.startswith("data:"):
            data.append(line[5:].lstrip(" "))
        elif not line and data:
            event, data = json.loads("\n".join(data)), []
            if event["seq"] > last:
                last = event["seq"]
                yield event
                news = time.monotonic()
        if left_s() <= 0:
            raise StillPending(f"Nothing happened in job {client.job} for {timeout_s} seconds")


async def events_async(
    client: Unstuck, after: int, timeout_s: Optional[float]
) -> AsyncIterator[Json]:
    """As `events`, without blocking the event loop."""
    stop = threading.Event()
    found = events(client, after, timeout_s, stop=stop)
    try:
        while True:
            yield await in_thread(lambda _: next(found))
    finally:
        stop.set()
