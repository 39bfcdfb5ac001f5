"""Server-sent events on the wire: what a reader gets, as finished bytes that all readers share."""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from webapp.events.log import Event

HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would keep the events back until its buffer is full
}
# What the event-stream format takes for the end of a line, and nothing more: str.splitlines()
# would also break at characters that belong to a text.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Frame:
    """One or more whole events. `seq` is the number of a job's event; page regions have none."""

    body: bytes
    seq: int | None = None
    chunk: bytes = field(init=False)
    """The body as one chunk of an HTTP/1.1 answer."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "chunk", b"%x\r\n%b\r\n" % (len(self.body), self.body))


HEARTBEAT: Final = Frame(b": still here\n\n")
STALE: Final = Frame(b": stale, the database does not answer\n\n")
"""Sent instead, while nothing new could be read."""


def opening() -> bytes:
    """The first bytes of a stream: when to come back, spread so that not all come at once."""
    return f"retry: {1000 + secrets.randbelow(2001)}\n\n".encode()


def event_frame(event: Event) -> Frame:
    """A job's event as CONTRACT.md writes it, its JSON on one line."""
    data = json.dumps(event.data(), ensure_ascii=False)
    body = f"id: {event.seq}\nevent: {event.kind}\ndata: {data}\n\n"
    return Frame(body.encode("utf-8", "replace"), event.seq)


def region_frame(channel: str, name: str, html: str) -> Frame:
    """A page's region with its whole new HTML. The channel stands where others have a position:
    all that is missed is sent anew, and one stream may serve several pages."""
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(html))
    return Frame(f"id: {channel}\nevent: {name}\n{lines}\n".encode("utf-8", "replace"))


def gone_frame(channel: str) -> Frame:
    """Word that the subject of a page is no longer there, or no longer the reader's to see."""
    return region_frame(channel, "gone", "")
