"""What an agent is told to do after a failure: try differently, wait, ask, or stop."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from webapp.rules.categories import Category, Origin, VerdictKind
from webapp.rules.decisions import Given, Meaning
from webapp.rules.outages import Outage

MAX_ATTEMPTS: Final = 3
"""Retries of a code error before the founder is asked; the error model's figure."""

MAX_TASK_ATTEMPTS: Final = 9
"""Retries of a task, whichever errors it met, before the founder is asked about it, unless the
server is set up with another number."""

WAITS_S: Final = (2.0, 8.0, 30.0, 120.0, 300.0, 480.0)
"""Back-off of an environment error in seconds, unless the server is set up with another one:
together a bit more than 15 minutes."""

LONGEST_WAIT_S: Final = 900.0
"""Of a time that the message names: all waits of that length together. What takes longer is a
question for the founder."""

JITTER: Final = 0.25
"""Up to a quarter is added to each wait, so that agents do not come back in step."""

_LATE: Final = 0.1
"""Of the jitter that is left where the founder or the message said until when to wait."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known when a failure is reported.

    `attempts` and `waits` count what was spent since the last answer or success, without this
    failure. `given` is the founder's answer that is in force for this problem and this job.
    `outage` is that of the model provider, for failures of that origin.
    `named_s` is after how many seconds the message says to try again, and `schedule` is how long
    to wait where it names no time.
    `task_spent` counts the retries of the whole task, whichever errors it met, out of
    `task_attempts`; `task_is_asked` says that a question about it is pending.
    `answered` says that an answer is the newest thing that happened to the problem: it is new
    information, so even a credential error deserves another try.
    """

    category: Category
    attempts: int = 0
    waits: int = 0
    has_pending_escalation: bool = False
    job_is_paused: bool = False
    origin: Origin = Origin.WORK
    answered: bool = False
    outage: Outage | None = None
    given: Given | None = None
    named_s: float | None = None
    schedule: Sequence[float] = WAITS_S
    task_spent: int = 0
    task_attempts: int = MAX_TASK_ATTEMPTS
    task_is_asked: bool = False

    @property
    def is_soon(self) -> bool:
        """Whether the message names a time that an agent can wait for without asking."""
        if self.named_s is None or self.waits >= len(self.schedule):
            return False
        return self.named_s * (self.waits + 1) <= LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and what it does to the counters.

    `attempt` is the number of this failure within its budget (1, 2, 3, …), `attempts` and `waits`
    are the new counters. `opens_escalation` and `joins_escalation` exclude each other;
    `about_task` says that the question is one about the task.
    """

    verdict: VerdictKind
    attempt: int
    attempts: int
    waits: int
    max_attempts: int = MAX_ATTEMPTS
    retry_after_s: float | None = None
    opens_escalation: bool = False
    joins_escalation: bool = False
    about_task: bool = False


def decide(state: State, jitter: float) -> Decision:
    """Return the verdict on one more failure; `jitter` is a random number from 0 to 1."""
    decision = _of_problem(state, jitter)
    if decision.verdict is not VerdictKind.RETRY or state.task_spent < state.task_attempts:
        return decision
    if state.answered:  # whoever was just answered gets to try it
        return decision
    return _about_task(state)


def _about_task(state: State) -> Decision:
    """The next way for this problem would be one more for a task that has had enough of them."""
    return Decision(
        VerdictKind.ESCALATE,
        attempt=state.task_spent + 1,
        attempts=state.attempts,
        waits=state.waits,
        max_attempts=state.task_attempts,
        opens_escalation=not state.task_is_asked,
        joins_escalation=state.task_is_asked,
        about_task=True,
    )


def _of_problem(state: State, jitter: float) -> Decision:
    """The verdict on the problem, whatever else the task has met."""
    if state.job_is_paused:
        return _unchanged(state, VerdictKind.PAUSE)
    if state.given is not None and state.given.leaves_out:
        return _unchanged(state, VerdictKind.SKIP)
    if state.origin is Origin.MODEL_PROVIDER:
        return _outlast(state, state.outage or Outage(0, 0.0), jitter)
    if state.has_pending_escalation:
        return _unchanged(state, VerdictKind.ESCALATE, joins=True)
    if state.answered and state.given is not None:
        return _follow(state, state.given, jitter)
    if state.is_soon:
        return _wait(state, jitter)
    if state.named_s is not None and state.named_s > LONGEST_WAIT_S:
        return _escalate(state)
    if state.category is Category.ENV_ERROR:
        return _wait(state, jitter)
    if state.category is Category.NEVER_RETRY and not state.answered:
        return _escalate(state)
    return _retry(state)


def wait_s(base_s: float, jitter: float) -> float:
    """Return a wait in seconds, `base_s` and up to a quarter more."""
    return round(base_s * (1 + JITTER * min(max(jitter, 0.0), 1.0)), 2)


def _unchanged(
    state: State, verdict: VerdictKind, retry_after_s: float | None = None, *, joins: bool = False
) -> Decision:
    return Decision(
        verdict,
        attempt=state.attempts,
        attempts=state.attempts,
        waits=state.waits,
        retry_after_s=retry_after_s,
        joins_escalation=joins,
    )


def _follow(state: State, given: Given, jitter: float) -> Decision:
    """Do what the founder has just decided, whatever the category of the problem is."""
    if given.meaning is Meaning.WAIT and given.wait_s:
        return _unchanged(state, VerdictKind.WAIT, wait_s(given.wait_s, jitter * _LATE))
    return _retry(state)


def _outlast(state: State, outage: Outage, jitter: float) -> Decision:
    """Wait until the model provider is back, and longer each time. It spends nothing; what lasts
    too long becomes a question, so that nothing waits unseen."""
    if state.answered and state.given is not None:
        return _follow(state, state.given, jitter)
    if outage.is_long and state.has_pending_escalation:
        return _unchanged(state, VerdictKind.ESCALATE, joins=True)
    if outage.is_long:
        return _escalate(state)
    waits = max(wait_s(outage.wait_s, jitter), state.named_s or 0.0)
    waiting = _unchanged(state, VerdictKind.WAIT, waits)
    return replace(waiting, attempt=outage.waits + 1)


def _wait(state: State, jitter: float) -> Decision:
    if state.waits >= len(state.schedule) or (state.named_s is not None and not state.is_soon):
        return _escalate(state)
    if state.named_s is not None:
        seconds = wait_s(state.named_s, jitter * _LATE)
    else:
        seconds = wait_s(state.schedule[state.waits], jitter)
    return Decision(
        VerdictKind.WAIT,
        attempt=state.waits + 1,
        attempts=state.attempts,
        waits=state.waits + 1,
        max_attempts=len(state.schedule),
        retry_after_s=seconds,
    )


def _retry(state: State) -> Decision:
    if state.attempts >= MAX_ATTEMPTS:
        return _escalate(state)
    spent = state.attempts + 1
    return Decision(VerdictKind.RETRY, attempt=spent, attempts=spent, waits=state.waits)


def _escalate(state: State) -> Decision:
    """The counters stay as they are: the founder's answer resets them, not the question."""
    return Decision(
        VerdictKind.ESCALATE,
        attempt=max(state.attempts, state.waits) + 1,
        attempts=state.attempts,
        waits=state.waits,
        opens_escalation=True,
    )


_WORD: Final = re.compile(r"[^\W_]+")
MAX_APPROACH_CHARS: Final = 2_000


def same_approach(one: str, other: str) -> bool:
    """Say whether two approaches are the same words, whatever their case and punctuation."""
    return bool(words := _words(one)) and words == _words(other)


def already_tried(approach: str, tried: list[str] | tuple[str, ...]) -> bool:
    """Say whether `approach` is one of those `tried`."""
    return any(same_approach(approach, earlier) for earlier in tried)


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MAX_APPROACH_CHARS].casefold())
