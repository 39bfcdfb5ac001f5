"""A tool call that failed becomes a text for the model: what every adapter needs."""

from __future__ import annotations

import threading
from typing import Optional

from unstuck.attempts import Attempts
from unstuck.client import Unstuck
from unstuck.errors import Refused, Skipped
from unstuck.questions import Answer
from unstuck.secrets import Secret
from unstuck.threads import in_thread
from unstuck.transport import NEVER


class ToolWatch:
    """Reports the failures of each tool, and waits where the verdict says so.

    Failures of one tool are counted in their order, so a restarted program that makes the same
    calls gets the verdicts it had, and finds its own question again.
    """

    def __init__(self, client: Unstuck) -> None:
        self._client = client
        self._tools: dict[str, Attempts] = {}
        self._lock = threading.Lock()

    def failed(
        self,
        tool: str,
        error: Exception,
        *,
        approach: Optional[str] = None,
        stop: threading.Event = NEVER,
    ) -> Optional[str]:
        """Report, obey, and return what to tell the model. None: the error goes on to the caller,
        because Unstuck is away or nobody decided."""
        attempts = self._attempts(tool)
        attempt = attempts.next_attempt()
        attempt.approach = approach
        try:
            if not attempts.fail(attempt, error, stop):
                return None
        except Skipped as skipped:
            return _skipped(skipped.answer)
        if attempts.answer is not None:
            return _answered(attempts.answer)
        return attempt.instruction or "Try another way."

    async def failed_async(
        self, tool: str, error: Exception, *, approach: Optional[str] = None
    ) -> Optional[str]:
        """As `failed`, without blocking the event loop."""
        return await in_thread(lambda stop: self.failed(tool, error, approach=approach, stop=stop))

    def worked(self, tool: str) -> None:
        """The tool works now: the receipt is sent, and its problems are over."""
        with self._lock:
            attempts = self._tools.get(tool)
        if attempts is not None and attempts.has_failed:
            attempts.succeed()

    async def worked_async(self, tool: str) -> None:
        """As `worked`, without blocking the event loop."""
        with self._lock:
            attempts = self._tools.get(tool)
        if attempts is not None and attempts.has_failed:
            await in_thread(lambda _: attempts.succeed())

    def _attempts(self, tool: str) -> Attempts:
        with self._lock:
            if tool not in self._tools:
                self._tools[tool] = self._client.attempts(f"use the tool {tool}", step=tool)
            return self._tools[tool]


def _answered(answer: Answer) -> str:
    """The decision as a fact, for the model. Secrets go into the environment, out of its sight."""
    said = [f"The founder was asked and decided: {answer.label or answer.decision}."]
    said += [_set(secret) for secret in answer.secrets.values()]
    if answer.guidance:
        said.append(f"They wrote: {answer.guidance}")
    return " ".join(said)


def _set(secret: Secret) -> str:
    try:
        secret.to_env()
    except Refused as refused:
        return f"{secret.name} can't be used: {refused.detail}"
    return f"{secret.name} is set in the environment of this program as ${secret.name}."


def _skipped(answer: Answer) -> str:
    text = "The founder decided to leave this out. Don't try it again; continue with the rest."
    return f"{text} They wrote: {answer.guidance}" if answer.guidance else text
