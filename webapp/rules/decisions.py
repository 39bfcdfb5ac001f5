"""What a founder's answer means for the agent that waited for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Meaning(StrEnum):
    """What the agent does with an answer."""

    LEAVE_OUT = "leave_out"
    CLOSED = "closed"
    TRY_AGAIN = "try_again"
    WAIT = "wait"
    SIMPLER = "simpler"
    ADVICE = "advice"
    CHOSEN = "chosen"


LEAVES_OUT: Final = frozenset({Meaning.LEAVE_OUT, Meaning.CLOSED})
"""Answers after which the agent goes on without the matter."""

_MEANINGS: Final = {
    Meaning.LEAVE_OUT: (
        *("skip_feature", "skip", "skip_task", "skip_step", "leave_out", "leave_it_out"),
        *("drop_feature", "without_it"),
    ),
    Meaning.TRY_AGAIN: (
        *("provide_credentials", "done", "fixed", "retry", "retry_now", "try_again"),
        "try_again_now",
    ),
    Meaning.SIMPLER: ("simpler_version",),
    Meaning.ADVICE: ("provide_guidance",),
}
_BY_VALUE: Final = {value: meaning for meaning, values in _MEANINGS.items() for value in values}


def leaves_out(decision: str) -> bool:
    """Whether an agent that follows this answer leaves the matter out."""
    return _BY_VALUE.get(decision.strip().casefold()) in LEAVES_OUT


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that is in force for a problem. `digest` is that of its
    question; `waited`: the job that reports waited for it.
    `wait_s` is how long is left of a wait that the founder chose, in seconds; `notes` are what
    people added for the jobs that waited."""

    escalation_id: str
    decision: str | None
    label: str | None = None
    description: str | None = None
    guidance: str | None = None
    answers: Mapping[str, Any] | None = None
    digest: str | None = None
    waited: bool = True
    wait_s: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def meaning(self) -> Meaning:
        if self.decision is None:
            return Meaning.CLOSED
        if self.wait_s is not None:
            return Meaning.WAIT
        return _BY_VALUE.get(self.decision.strip().casefold(), Meaning.CHOSEN)

    @property
    def leaves_out(self) -> bool:
        """Whether the agent goes on without the matter."""
        return self.meaning in LEAVES_OUT

    @property
    def concerns(self) -> bool:
        """Whether it holds for the job that reports: to leave something out was decided for those
        who asked, and says nothing to a later job."""
        return self.waited or not self.leaves_out


def given(stored: Mapping[str, Any] | None) -> Given | None:
    """Return the answer as the database gives it (operations/reports/context.py), or None."""
    if stored is None:
        return None
    decision = stored["decision"]
    chosen: Mapping[str, Any] = next(
        (each for each in stored["options"] if each["value"] == decision), {}
    )
    return Given(
        escalation_id=stored["escalation_id"],
        decision=decision,
        label=chosen.get("label"),
        description=chosen.get("description") or None,
        guidance=stored["guidance"],
        answers=stored.get("answers") if stored["waited"] else None,
        digest=stored["digest"],
        waited=stored["waited"],
        wait_s=_wait_s(chosen, stored),
        notes=tuple(stored.get("notes") or ()) if stored["waited"] else (),
    )


def _wait_s(chosen: Mapping[str, Any], stored: Mapping[str, Any]) -> float | None:
    """How long is left of the wait, or None if the founder chose none."""
    if chosen.get("wait_until") is not None:
        return max(0.0, float(chosen["wait_until"]) - float(stored["at_s"]))
    if chosen.get("wait_s") is not None:
        return max(0.0, float(chosen["wait_s"]) - float(stored["age_s"]))
    return None
