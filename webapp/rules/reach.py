"""When a person is told that a question waits, and why not. Facts go in; a decision and its reason
come out. The reasons are stored and shown on the question's page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PRESENT_S: Final = 90.0
"""Somebody who used an open page within so many seconds sees the question there."""

LOOK_AGAIN_S: Final = 60.0
ASSIGNED_LOOK_S: Final = 900.0
"""How often to look whether a question has become everyone's again."""

BUNDLE_S: Final = 120.0
"""After a message, further questions of so many seconds come in one."""

MAIL_DELAY_S: Final = 180.0
"""An e-mail waits for so long: most questions are answered by then."""

REMIND_AFTER_S: Final = (900.0, 3600.0, 14_400.0, 86_400.0)
"""Seconds from one message to the next while nobody answers. The last one repeats."""

LAST_REMINDER: Final = 10
LAST_CALL_STEP: Final = LAST_REMINDER + 90
"""The step of the message before a deadline: it's no first message, and no reminder follows it."""

ANSWERED_STEP: Final = LAST_CALL_STEP + 1
"""The step of the message that replaces one when its question is closed."""

FIRST_DAILY: Final = 4
"""From this reminder on they come once a day, and a daily summary takes their place."""

LAST_CALL_AT: Final = 0.8
"""The part of the time until a deadline after which those who can answer are told once more."""


class Reason(StrEnum):
    """Why a message is sent, waits, or is not needed."""

    ABSENT = "absent"
    CRITICAL = "critical"
    REMINDER = "reminder"
    PRESENT = "present"
    QUIET_HOURS = "quiet_hours"
    BUNDLING = "bundling"
    BUNDLED = "bundled"
    CLOSED = "closed"
    BEING_ANSWERED = "being_answered"
    SNOOZED = "snoozed"
    ASSIGNED = "assigned"
    NO_MEMBER = "no_member"
    CHANNEL_OFF = "channel_off"
    AGENTS_TURN = "agents_turn"
    OTHERS_FIRST = "others_first"
    LAST_CALL = "last_call"
    NO_DEADLINE = "no_deadline"
    DEADLINE_MOVED = "deadline_moved"
    IN_SUMMARY = "in_summary"
    SUMMARY = "summary"
    NOTHING_WAITS = "nothing_waits"


class Reach(StrEnum):
    """Whether anyone learns of a question that is asked now: part of the response to its agent."""

    LOOKING = "someone_is_looking"
    NOTIFIED = "notified"
    QUIET_HOURS = "quiet_hours"
    NOBODY = "nobody_notified"


class Action(StrEnum):
    """What is done now."""

    SEND = "send"
    WAIT = "wait"
    DROP = "drop"


@dataclass(frozen=True)
class Facts:
    """What is known when a message is due. Durations are in seconds; None means never.

    `seen_s`: since the person last used an open page. `told_s`: since the last message on this
    channel. `quiet_s`: until the person's quiet hours end, 0 outside of them. `snoozed_s`: until
    the person wants to see the question again, 0 if it isn't snoozed. `is_theirs`: whether it is
    assigned to them, or to everyone; while someone is away, it is their deputy's. `step`: 0 for
    the first message, then the number of the reminder.

    `is_agents_turn`: the agent was asked something back. `others_first_s`: for so long somebody
    else is to answer who can be told now. `is_last_call`: it's the message before the deadline,
    which is due in `last_call_s`; None where the question has no deadline. `has_summary`: the
    person gets a daily summary, at an email address that works. `wakes`: the question is critical,
    and the person allows such questions in their quiet hours."""

    is_pending: bool = True
    is_held: bool = False
    may_answer: bool = True
    channel_on: bool = True
    step: int = 0
    seen_s: float | None = None
    told_s: float | None = None
    quiet_s: float = 0.0
    snoozed_s: float = 0.0
    is_theirs: bool = True
    is_agents_turn: bool = False
    others_first_s: float = 0.0
    is_last_call: bool = False
    last_call_s: float | None = None
    has_summary: bool = False
    wakes: bool = False


@dataclass(frozen=True)
class Decision:
    """What to do, why, and for WAIT in how many seconds to look again."""

    action: Action
    reason: Reason
    wait_s: float = 0.0


def decide(facts: Facts) -> Decision:
    """Decide what becomes of a message that is due."""
    if gone := _not_needed(facts):
        return Decision(Action.DROP, gone)
    if facts.is_held:
        return Decision(Action.WAIT, Reason.BEING_ANSWERED, LOOK_AGAIN_S)
    if facts.is_agents_turn:
        return Decision(Action.WAIT, Reason.AGENTS_TURN, LOOK_AGAIN_S)
    if facts.is_last_call and facts.last_call_s:
        return Decision(Action.WAIT, Reason.DEADLINE_MOVED, facts.last_call_s)
    if not facts.is_theirs:
        return Decision(Action.WAIT, Reason.ASSIGNED, ASSIGNED_LOOK_S)
    if facts.others_first_s > 0 and not facts.is_last_call:
        return Decision(Action.WAIT, Reason.OTHERS_FIRST, min(facts.others_first_s, LOOK_AGAIN_S))
    if facts.snoozed_s > 0:
        return Decision(Action.WAIT, Reason.SNOOZED, facts.snoozed_s)
    is_quiet = facts.quiet_s > 0
    if is_quiet and not facts.wakes:
        return Decision(Action.WAIT, Reason.QUIET_HOURS, facts.quiet_s)
    if facts.seen_s is not None and facts.seen_s < PRESENT_S:
        return Decision(Action.WAIT, Reason.PRESENT, LOOK_AGAIN_S)
    if facts.told_s is not None and facts.told_s < BUNDLE_S:
        return Decision(Action.WAIT, Reason.BUNDLING, BUNDLE_S - facts.told_s)
    if is_quiet:
        return Decision(Action.SEND, Reason.CRITICAL)
    if facts.is_last_call:
        return Decision(Action.SEND, Reason.LAST_CALL)
    return Decision(Action.SEND, Reason.REMINDER if facts.step else Reason.ABSENT)


def decide_summary(*, waiting: int, channel_on: bool, quiet_s: float) -> Decision:
    """Decide what becomes of a daily summary that is due. It comes whoever looks at a page."""
    if not channel_on:
        return Decision(Action.DROP, Reason.CHANNEL_OFF)
    if not waiting:
        return Decision(Action.DROP, Reason.NOTHING_WAITS)
    if quiet_s > 0:
        return Decision(Action.WAIT, Reason.QUIET_HOURS, quiet_s)
    return Decision(Action.SEND, Reason.SUMMARY)


def _not_needed(facts: Facts) -> Reason | None:
    if not facts.is_pending:
        return Reason.CLOSED
    if not facts.may_answer:
        return Reason.NO_MEMBER
    if not facts.channel_on:
        return Reason.CHANNEL_OFF
    if facts.is_last_call and facts.last_call_s is None:
        return Reason.NO_DEADLINE
    if facts.has_summary and facts.step >= FIRST_DAILY and not facts.is_last_call:
        return Reason.IN_SUMMARY
    return None


def next_reminder_s(step: int) -> float | None:
    """Seconds from the message of this step to the next; None after the last one."""
    if step >= LAST_REMINDER:
        return None
    return REMIND_AFTER_S[min(step, len(REMIND_AFTER_S) - 1)]
