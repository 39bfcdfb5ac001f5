"""A question to the founder, and the answer to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Union
from urllib.parse import quote

from unstuck.errors import Refused, StillPending
from unstuck.files import Source, read
from unstuck.secrets import Secret, secrets_in
from unstuck.threads import awaited, in_thread
from unstuck.transport import NEVER, Cancelled, Json

if TYPE_CHECKING:
    from unstuck.client import Unstuck

Options = Union[Mapping[str, str], Iterable[Union[str, Mapping[str, Any]]]]
"""`{"basic": "9 EUR a month"}`, `["yes", "no"]`, or options as the JSON API takes them."""

Reply = Callable[[str], Union[str, Awaitable[str]]]
"""Returns what to reply to a question that the founder asks before deciding. It may be an async
function where something async waits for the answer."""

_CONFLICT = 409

POLL_S = 50.0
"""How long one waiting request stays open."""

LEAVE_OUT = "skip_feature"
"""The option that the server itself offers for leaving a task out."""


def as_options(options: Optional[Options]) -> Optional[list[Json]]:
    """The options as the JSON API takes them; None stays None."""
    if options is None:
        return None
    if isinstance(options, Mapping):
        return [
            {"value": value, "label": value, "description": text} for value, text in options.items()
        ]
    return [{"value": one, "label": one} if isinstance(one, str) else dict(one) for one in options]


@dataclass
class Answer:
    """What became of a question. `decision` is the value of the chosen option, or the founder's
    own words where there were no options; None if it was closed without an answer.

    As a context manager it sends the receipt: `worked` at the end of the block, `failed` after an
    exception.
    """

    escalation_id: str
    status: str
    decision: Optional[str] = None
    label: Optional[str] = None
    guidance: Optional[str] = None
    answers: dict[str, Any] = field(default_factory=dict)
    decided_by: Optional[str] = None
    state: Optional[dict[str, Any]] = None
    client: Optional[Unstuck] = field(default=None, repr=False, compare=False)
    has_worked: bool = field(default=False, repr=False, compare=False)

    @classmethod
    def read(cls, escalation_id: str, body: Json, client: Unstuck) -> Answer:
        """The answer in a decision of the JSON API."""
        return cls(
            escalation_id,
            body["status"],
            body.get("decision"),
            body.get("label"),
            body.get("guidance"),
            body.get("answers") or {},
            body.get("decided_by"),
            body.get("agent_state"),
            client,
        )

    @property
    def leaves_out(self) -> bool:
        """Whether the founder decided to leave the task out."""
        return self.status == "skipped" or self.decision == LEAVE_OUT

    @cached_property
    def secrets(self) -> dict[str, Secret]:
        """The secrets that the founder handed over, by name. They show as ***."""
        return secrets_in(self.answers, self.client)

    def picked_up(self) -> None:
        """Tell the founder that the agent goes on with this answer."""
        self._receipt("picked_up")

    def worked(self, note: Optional[str] = None) -> None:
        """Tell the founder that the answer helped. Call it in the block to add a note: its end then
        sends nothing more."""
        if not self.has_worked:
            self.has_worked = True
            self._receipt("worked", note)
            for secret in self.secrets.values():
                secret.acknowledge_quietly()

    def failed(self, note: Optional[str] = None) -> None:
        """Tell the founder that the answer didn't help."""
        self._receipt("failed", note)

    def _receipt(self, stage: str, note: Optional[str] = None) -> None:
        if self.client is not None and self.status in ("resolved", "skipped", "expired"):
            path = f"/api/escalations/{quote(self.escalation_id, safe='')}/receipt"
            self.client.send_quietly("POST", path, {"stage": stage, "note": note})

    def __enter__(self) -> Answer:
        return self

    def __exit__(
        self,
        _type: Optional[type[BaseException]],
        error: Optional[BaseException],
        _trace: Optional[TracebackType],
    ) -> None:
        if error is None:
            self.worked()
        elif isinstance(error, Exception):
            self.failed(str(error)[:500])


class Handle:
    """A question that was asked and may be answered later. Set `reply` to a function that gets what
    the founder asks before deciding, and returns what to reply."""

    def __init__(self, client: Unstuck, escalation_id: str) -> None:
        self.id = escalation_id
        self.reply: Optional[Reply] = None
        self._client = client
        self._answer: Optional[Answer] = None
        self._path = f"/api/escalations/{quote(escalation_id, safe='')}"

    def __repr__(self) -> str:
        return f"Handle({self.id!r})"

    @property
    def done(self) -> bool:
        """Whether it is closed: answered, skipped, expired or withdrawn. Asks the server once."""
        return self.poll(0) is not None

    def result(self, timeout: Optional[float] = None, *, stop: threading.Event = NEVER) -> Answer:
        """Wait for the answer, without end if `timeout` (seconds) is None, and acknowledge it.

        Waits through restarts of the server. Raises StillPending when the time is up.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = POLL_S if end is None else max(0.0, min(POLL_S, end - time.monotonic()))
            answer = self.poll(left, patience_s=None if end is None else left + 1, stop=stop)
            if answer is not None:
                return answer
            if stop.is_set():
                raise Cancelled
            if end is not None and time.monotonic() >= end:
                raise StillPending(f"Nobody has answered {self.id} yet")

    async def result_async(self, timeout: Optional[float] = None) -> Answer:
        """As `result`, without blocking the event loop."""
        return await in_thread(lambda stop: self.result(timeout, stop=stop))

    def poll(
        self,
        wait_s: float,
        *,
        patience_s: Optional[float] = None,
        stop: threading.Event = NEVER,
    ) -> Optional[Answer]:
        """Ask the server once, and let it take `wait_s` seconds; None if it is still pending."""
        if self._answer is None:
            query = f"wait={wait_s:.3f}&job_id={quote(self._client.job, safe='')}"
            if self.reply is not None:
                query += "&until=turn"
            body = self._client.transport.send(
                "GET",
                f"{self._path}/decision?{query}",
                patience_s=patience_s,
                response_s=wait_s,
                stop=stop,
            )
            if body is not None and body["status"] == "pending":
                self._say(body["messages"], patience_s, stop)
            elif body is not None:
                self.settle(body)
        return self._answer

    def _say(
        self, messages: list[Json], patience_s: Optional[float], stop: threading.Event
    ) -> None:
        """Reply to what the founder asked last. Too late, as when they answered meanwhile, is no
        fault: the next request tells what holds."""
        if self.reply is None or not messages:
            return
        try:
            asked = messages[-1]
            body = {"text": awaited(self.reply(asked["text"])), "after": asked["id"]}
            self._client.transport.send(
                "POST", f"{self._path}/messages", body, patience_s=patience_s, stop=stop
            )
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise

    def attach(self, source: Source, name: Optional[str] = None) -> Json:
        """Attach a file to the question: a path, or the content with a `name`. It's an image (PNG,
        JPEG, WebP) or text, at most 2 MB; a question has at most 3. Returns what the server says
        of it. Raises Refused if it can't be attached."""
        sent: Json = self._client.transport.send(
            "POST", f"{self._path}/attachments", file=read(source, name), patience_s=None
        )
        return sent

    def settle(self, body: Json) -> Answer:
        """Take the decision that the server told."""
        if self._answer is None:
            self._answer = Answer.read(self.id, body, self._client)
            self._answer.picked_up()
        return self._answer

    def withdraw(self, reason: Optional[str] = None) -> None:
        """Take the question back. Raises Refused (409) if it is closed already."""
        self._client.transport.send("POST", f"{self._path}/withdraw", {"reason": reason})
