"""A step of the work, tried until it works or the founder decides to leave it out.

A loop, because a context manager can't run its block twice; a `with` in it, because an iterator
can't catch exceptions.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional

from unstuck.errors import Refused, Skipped, Unreachable
from unstuck.questions import Answer, Handle, Reply
from unstuck.secrets import Secret, secrets_in
from unstuck.threads import in_thread
from unstuck.transport import NEVER, Cancelled, Json
from unstuck.verdicts import Verdict

if TYPE_CHECKING:
    from unstuck.client import Unstuck

log = logging.getLogger("unstuck")

_PAUSED_POLL_S = 2.0


class Attempts:
    """The rounds of one step. Ends after the first success; made by `Unstuck.attempts`."""

    def __init__(
        self,
        client: Unstuck,
        intent: str,
        step: str,
        state: Optional[Json],
        words: Json,
        reply: Optional[Reply] = None,
    ) -> None:
        self._client, self.intent, self._step, self._words = client, intent, step, words
        self.state, self._reply = state, reply
        self.done = False
        self.verdict: Optional[Verdict] = None
        self.answer: Optional[Answer] = None
        self.secrets: dict[str, Secret] = {}
        self._number = 0
        self._signatures: dict[str, None] = {}

    def __iter__(self) -> Iterator[Attempt]:
        while not self.done:
            yield self.next_attempt()

    async def __aiter__(self) -> AsyncIterator[Attempt]:
        while not self.done:
            yield self.next_attempt()

    def next_attempt(self) -> Attempt:
        """Count another round."""
        self._number += 1
        return Attempt(self, self._number)

    def succeed(self) -> None:
        """The step works now, and so do the problems it had."""
        self.done = True
        if self.answer is not None:
            self.answer.worked()
            self.answer = None
        for secret in self.secrets.values():
            secret.acknowledge_quietly()
        while self._signatures:
            self._client.healed(self._signatures.popitem()[0])

    @property
    def has_failed(self) -> bool:
        """Whether there is a failure that no success has followed yet."""
        return bool(self._signatures)

    def fail(self, attempt: Attempt, error: Exception, stop: threading.Event) -> bool:
        """Report, and obey the verdict. Returns whether there is another round; where there is
        none, the error goes on to the caller."""
        if self.answer is not None:
            self.answer.failed(str(error)[:500])
            self.answer = None
        try:
            self.verdict = self._report(attempt, error)
        except (Refused, Unreachable) as trouble:
            # An agent never fails because Unstuck does: the error is what it would be without.
            log.warning("The failure couldn't be reported: %s", trouble)
            return False
        log.info("%s: the verdict is %s", self._step, self.verdict.verdict)
        if self.verdict.error_signature:
            self._signatures[self.verdict.error_signature] = None
        self._keep(secrets_in(self.verdict.answers or {}, self._client))
        return self._obey(self.verdict, error, stop)

    def _report(self, attempt: Attempt, error: Exception) -> Verdict:
        # The error is part of the id: a restarted program that fails differently has another
        # failure to report, and one that fails the same way reports the one it had reported.
        digest = hashlib.sha256(f"{type(error).__name__}: {error}".encode()).hexdigest()
        return self._client.report(
            error,
            report_id=self._client.id_for("attempt", self._step, attempt.number, digest),
            intent=self.intent,
            approach=attempt.approach,
            agent_state=self.state,
            **self._words,
        )

    def _obey(self, verdict: Verdict, error: Exception, stop: threading.Event) -> bool:
        if verdict.verdict == "wait":
            stop.wait((verdict.retry_after_s or 0) * self._client.wait_scale)
        elif verdict.verdict == "pause":
            self._wait_until_resumed(stop)
        elif verdict.verdict == "escalate" and verdict.escalation_id:
            log.info("%s: asked the founder, waiting for the answer", self._step)
            handle = Handle(self._client, verdict.escalation_id)
            handle.reply = self._reply
            self.answer = handle.result(stop=stop)
            log.info("%s: the answer is %s", self._step, self.answer.decision or self.answer.status)
            self.state = self.answer.state if self.answer.state is not None else self.state
            self._keep(self.answer.secrets)
            return self._follow(self.answer, error)
        elif verdict.verdict == "skip":
            raise Skipped(self._decided(verdict)) from error
        return True

    def _keep(self, secrets: dict[str, Secret]) -> None:
        """Add them. One that a round has taken already keeps its value, also once it is deleted at
        the server."""
        for name, secret in secrets.items():
            if name not in self.secrets or self.secrets[name].ref != secret.ref:
                self.secrets[name] = secret

    def _follow(self, answer: Answer, error: Exception) -> bool:
        if answer.leaves_out:
            answer.worked("Left out.")
            raise Skipped(answer) from error
        return answer.decision is not None  # withdrawn, or expired without a default: nobody said

    def _decided(self, verdict: Verdict) -> Answer:
        answer = Answer(
            verdict.escalation_id or "",
            "resolved" if verdict.decision else "skipped",
            verdict.decision,
            verdict.label,
            verdict.guidance,
            client=self._client if verdict.escalation_id else None,
        )
        answer.worked("Left out.")
        return answer

    def _wait_until_resumed(self, stop: threading.Event) -> None:
        log.warning("Job %s is paused until a founder resumes it", self._client.job)
        while self._client.state() == "paused":
            if stop.wait(_PAUSED_POLL_S * min(1.0, self._client.wait_scale)):
                raise Cancelled


class Attempt:
    """One round: `with attempt:` catches what goes wrong in its block.

    `instruction` is text for a language model, `decision`, `label` and `guidance` are what the
    founder decided, `state` is what was kept for this moment. Set `approach` to say what is tried,
    in words that complete "I tried to …".
    """

    def __init__(self, attempts: Attempts, number: int) -> None:
        self._attempts, self.number = attempts, number
        self.approach: Optional[str] = None

    @property
    def verdict(self) -> Optional[Verdict]:
        """The verdict on the round before; None in the first."""
        return self._attempts.verdict

    @property
    def instruction(self) -> Optional[str]:
        """What to change this time, for a language model."""
        return self.verdict.instruction if self.verdict else None

    @property
    def answer(self) -> Optional[Answer]:
        """What the founder answered, if this round comes from an answer."""
        return self._attempts.answer

    @property
    def decision(self) -> Optional[str]:
        """The value of the option that the founder chose."""
        source = self.answer or self.verdict
        return source.decision if source else None

    @property
    def guidance(self) -> Optional[str]:
        """What the founder wrote."""
        source = self.answer or self.verdict
        return source.guidance if source else None

    @property
    def answers(self) -> dict[str, Any]:
        """The values that came with the answer, by name."""
        source = self.answer or self.verdict
        return (source.answers if source else None) or {}

    @property
    def secrets(self) -> dict[str, Secret]:
        """The secrets that the founder handed over in this step, by name. They show as ***."""
        return self._attempts.secrets

    @property
    def state(self) -> Optional[dict[str, Any]]:
        """What comes back with an answer, also after a restart; set it to keep something."""
        return self._attempts.state

    @state.setter
    def state(self, state: Optional[dict[str, Any]]) -> None:
        self._attempts.state = state

    def __enter__(self) -> Attempt:
        return self

    def __exit__(
        self,
        _type: Optional[type[BaseException]],
        error: Optional[BaseException],
        _trace: Optional[TracebackType],
    ) -> bool:
        return self._end(error, NEVER)

    async def __aenter__(self) -> Attempt:
        return self

    async def __aexit__(
        self,
        _type: Optional[type[BaseException]],
        error: Optional[BaseException],
        _trace: Optional[TracebackType],
    ) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        return await in_thread(lambda stop: self._end(error, stop))

    def _end(self, error: Optional[BaseException], stop: threading.Event) -> bool:
        if error is None:
            self._attempts.succeed()
            return False
        # KeyboardInterrupt, SystemExit, GeneratorExit and CancelledError are none of ours; nor is
        # the founder's word to leave an inner step out.
        if not isinstance(error, Exception) or isinstance(error, Skipped):
            return False
        return self._attempts.fail(self, error, stop)
