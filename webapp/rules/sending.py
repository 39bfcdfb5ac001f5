"""What follows from an attempt to send a message: sent, again later, or given up."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ANSWER_KEPT: Final = 500
"""Characters of a provider's answer that are kept."""

PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 86_400)
"""Seconds between an attempt that failed and the next: 11 attempts in two days."""

_LONGEST_WISH_S: Final = 86_400

FAILURES_TO_OFF: Final = 10
FAILING_S_TO_OFF: Final = 3600.0


class Outcome(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    """The provider took the message."""

    REFUSED = "refused"
    """It did not take this message, and never will."""

    GONE = "gone"
    """The address is no more: nothing else will get there either."""

    FAILED = "failed"
    """It did not take it now."""

    UNKNOWN = "unknown"
    """The connection broke after the message was sent: nobody knows."""


@dataclass(frozen=True)
class Attempt:
    """The end of one attempt. `answer` are the provider's words; `retry_after_s` is what it asked
    for; `provider_id` is its name for the message."""

    outcome: Outcome
    answer: str = ""
    retry_after_s: float | None = None
    provider_id: str | None = None


@dataclass(frozen=True)
class Next:
    """The state after an attempt, and in how many seconds the next one is; None: there is none."""

    state: str
    in_s: float | None = None


def after(attempt: Attempt, attempts: int, *, may_repeat: bool, jitter: float = 0.0) -> Next:
    """What follows from the `attempts`-th attempt. `may_repeat` says that a receiver knows a
    repetition, or that twice is better than never. `jitter` (0 to 1) spreads what failed together.
    """
    match attempt.outcome:
        case Outcome.ACCEPTED:
            return Next("accepted")
        case Outcome.REFUSED | Outcome.GONE:
            return Next("failed")
        case Outcome.UNKNOWN if not may_repeat:
            return Next("maybe_sent")
    if attempts > len(PAUSES_S):
        return Next("maybe_sent" if attempt.outcome is Outcome.UNKNOWN else "failed")
    state = "maybe_sent" if attempt.outcome is Outcome.UNKNOWN else "failed_temporarily"
    pause = PAUSES_S[attempts - 1] * (1 + jitter / 5)
    wish = min(attempt.retry_after_s or 0.0, _LONGEST_WISH_S)
    return Next(state, max(pause, wish))


def repeats(*, knows_repeats: bool, is_first: bool, attempts: int) -> bool:
    """Whether a message that may have arrived is sent again. `knows_repeats` says that its receiver
    recognises it. Otherwise the `is_first` message about something is sent once more after one
    attempt: twice is better than never. A reminder isn't."""
    return knows_repeats or (is_first and attempts == 1)


def is_off(failures: int, failing_s: float, outcome: Outcome) -> bool:
    """Whether a channel is switched off after so many failures in a row over so many seconds."""
    if outcome is Outcome.GONE:
        return True
    return failures >= FAILURES_TO_OFF and failing_s >= FAILING_S_TO_OFF
