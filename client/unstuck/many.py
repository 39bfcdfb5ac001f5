"""Waiting for many questions with one request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from unstuck.errors import StillPending
from unstuck.questions import POLL_S, Answer, Handle
from unstuck.transport import Json

if TYPE_CHECKING:
    from unstuck.client import Unstuck


def answers(
    client: Unstuck, handles: dict[str, Handle], timeout_s: Optional[float]
) -> Iterator[Answer]:
    """Yield the answer of each handle once, and forget it."""
    page = _decisions(client, None, 0)
    # Whatever was decided before this cursor is asked for by its id; what comes later is read.
    for handle in list(handles.values()):
        answer = handle.poll(0)
        if answer is not None:
            handles.pop(handle.id, None)
            yield answer
    last_news = time.monotonic()
    while handles:
        if timeout_s is not None and time.monotonic() - last_news > timeout_s:
            raise StillPending(f"{len(handles)} questions are still open")
        wait_s = POLL_S if timeout_s is None else min(POLL_S, timeout_s)
        page = _decisions(client, page["cursor"], wait_s)
        for decided in page["decisions"]:
            handle_or_none = handles.pop(decided["escalation_id"], None)
            if handle_or_none is not None:
                last_news = time.monotonic()
                yield handle_or_none.settle(decided)


def _decisions(client: Unstuck, cursor: Optional[str], wait_s: float) -> Json:
    after = f"after={cursor}&" if cursor is not None else ""
    path = f"/api/decisions?{after}wait={wait_s:.3f}"
    page: Json = client.transport.send("GET", path, patience_s=None, response_s=wait_s)
    return page
