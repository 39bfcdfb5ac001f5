"""Waiting for many questions with one request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from unstuck.errors import StillPending
from unstuck.events import events
from unstuck.questions import POLL_S, Answer, Handle
from unstuck.transport import Json

if TYPE_CHECKING:
    from unstuck.client import Unstuck

_LOOK_EVERY_S = 30.0
"""How often each question is asked for by its id, where the events of the job are followed."""


def answers(
    client: Unstuck, handles: dict[str, Handle], timeout_s: Optional[float]
) -> Iterator[Answer]:
    """Yield the answer of each handle once, and forget it."""
    if any(handle.reply is not None for handle in handles.values()):
        yield from _with_replies(client, handles, timeout_s)
        return
    page = _decisions(client, None, 0)
    # Whatever was decided before this cursor is asked for by its id; what comes later is read.
    yield from _closed(handles)
    last_news = time.monotonic()
    while handles:
        if timeout_s is not None and time.monotonic() - last_news > timeout_s:
            raise StillPending(f"{len(handles)} questions are still open")
        wait_s = POLL_S if timeout_s is None else min(POLL_S, timeout_s)
        page = _decisions(client, page["cursor"], wait_s)
        for decided in page["decisions"]:
            handle_or_none = handles.pop(decided["escalation_id"], None)
            if handle_or_none is not None:
                yield handle_or_none.settle(decided)
                last_news = time.monotonic()


def _with_replies(
    client: Unstuck, handles: dict[str, Handle], timeout_s: Optional[float]
) -> Iterator[Answer]:
    """The same over the events of the job: they tell of what the founder asks back, too."""
    seq = client.last_seq()  # what happened before is seen by asking for each question
    last_news = time.monotonic()
    wait_s = _LOOK_EVERY_S if timeout_s is None else min(_LOOK_EVERY_S, timeout_s)
    while True:
        for answer in _closed(handles):
            yield answer
            last_news = time.monotonic()
        try:
            for event in events(client, seq, wait_s) if handles else ():
                seq = event["seq"]
                handle = handles.get(event.get("escalation_id", ""))
                answer_or_none = handle and handle.poll(0)
                if handle and answer_or_none:
                    handles.pop(handle.id, None)
                    yield answer_or_none
                    last_news = time.monotonic()
                if not handles or (timeout_s and time.monotonic() - last_news > timeout_s):
                    break
        except StillPending:
            pass
        if not handles:
            return
        if timeout_s is not None and time.monotonic() - last_news > timeout_s:
            raise StillPending(f"{len(handles)} questions are still open")


def _closed(handles: dict[str, Handle]) -> Iterator[Answer]:
    """Ask for each question once, and yield the answers that are there."""
    for handle in list(handles.values()):
        answer = handle.poll(0)
        if answer is not None:
            handles.pop(handle.id, None)
            yield answer


def _decisions(client: Unstuck, cursor: Optional[str], wait_s: float) -> Json:
    after = f"after={cursor}&" if cursor is not None else ""
    path = f"/api/decisions?{after}wait={wait_s:.3f}"
    page: Json = client.transport.send("GET", path, patience_s=None, response_s=wait_s)
    return page
