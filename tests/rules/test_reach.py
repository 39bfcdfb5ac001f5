"""When somebody is told that a question waits, and why not."""

import pytest

from webapp.rules.reach import (
    Action,
    Decision,
    Facts,
    Reason,
    decide,
    decide_summary,
    next_reminder_s,
)


def test_who_is_away_is_told_at_once() -> None:
    assert decide(Facts()) == Decision(Action.SEND, Reason.ABSENT)
    assert decide(Facts(seen_s=90)) == Decision(Action.SEND, Reason.ABSENT)


def test_who_looks_is_not_told_for_now() -> None:
    assert decide(Facts(seen_s=89.9)) == Decision(Action.WAIT, Reason.PRESENT, 60)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(is_pending=False), Reason.CLOSED),
        (Facts(may_answer=False), Reason.NO_MEMBER),
        (Facts(channel_on=False), Reason.CHANNEL_OFF),
        (Facts(is_pending=False, quiet_s=60, seen_s=1), Reason.CLOSED),
    ],
)
def test_what_nobody_needs_is_dropped_whatever_else_holds(facts: Facts, reason: Reason) -> None:
    assert decide(facts) == Decision(Action.DROP, reason)


def test_a_question_of_someone_else_is_looked_at_again() -> None:
    assert decide(Facts(is_theirs=False)) == Decision(Action.WAIT, Reason.ASSIGNED, 900)
    assert decide(Facts(is_theirs=False, is_pending=False)).reason == Reason.CLOSED


def test_quiet_hours_hold_a_message_and_drop_none() -> None:
    assert decide(Facts(quiet_s=3600)) == Decision(Action.WAIT, Reason.QUIET_HOURS, 3600)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (Facts(wakes=True, quiet_s=9), Decision(Action.SEND, Reason.CRITICAL)),
        (Facts(wakes=True, quiet_s=9, step=1), Decision(Action.SEND, Reason.CRITICAL)),
        (Facts(wakes=True), Decision(Action.SEND, Reason.ABSENT)),
        # Nothing else gives way to it.
        (Facts(wakes=True, quiet_s=9, seen_s=1), Decision(Action.WAIT, Reason.PRESENT, 60)),
        (Facts(wakes=True, quiet_s=9, told_s=20), Decision(Action.WAIT, Reason.BUNDLING, 100)),
        (Facts(wakes=True, quiet_s=9, snoozed_s=5), Decision(Action.WAIT, Reason.SNOOZED, 5)),
        (Facts(wakes=True, quiet_s=9, is_pending=False), Decision(Action.DROP, Reason.CLOSED)),
    ],
)
def test_a_critical_question_comes_in_quiet_hours_if_its_person_allows_it(
    facts: Facts, decision: Decision
) -> None:
    assert decide(facts) == decision


def test_questions_right_after_a_message_wait_for_each_other() -> None:
    assert decide(Facts(told_s=50)) == Decision(Action.WAIT, Reason.BUNDLING, 70)
    assert decide(Facts(told_s=120)).action == Action.SEND


def test_an_answer_that_can_still_be_taken_back_is_waited_for() -> None:
    assert decide(Facts(is_held=True)).reason == Reason.BEING_ANSWERED


def test_a_question_that_its_person_snoozed_comes_when_they_want_to_see_it_again() -> None:
    assert decide(Facts(snoozed_s=600)) == Decision(Action.WAIT, Reason.SNOOZED, 600)
    assert decide(Facts(snoozed_s=600, is_pending=False)).reason == Reason.CLOSED


def test_a_later_message_is_a_reminder() -> None:
    assert decide(Facts(step=1)) == Decision(Action.SEND, Reason.REMINDER)


@pytest.mark.parametrize(
    ("facts", "action", "reason", "wait_s"),
    [
        # The message before the deadline comes at 80% of the time, wherever the deadline is now.
        (Facts(is_last_call=True, last_call_s=0), Action.SEND, Reason.LAST_CALL, 0),
        (Facts(is_last_call=True, last_call_s=90), Action.WAIT, Reason.DEADLINE_MOVED, 90),
        (Facts(is_last_call=True), Action.DROP, Reason.NO_DEADLINE, 0),
        (Facts(is_last_call=True, last_call_s=0, is_pending=False), Action.DROP, Reason.CLOSED, 0),
        (Facts(is_last_call=True, last_call_s=0, seen_s=1), Action.WAIT, Reason.PRESENT, 60),
        (Facts(is_last_call=True, last_call_s=0, quiet_s=9), Action.WAIT, Reason.QUIET_HOURS, 9),
        # Who stands behind others waits for them, but not at the deadline.
        (Facts(others_first_s=900), Action.WAIT, Reason.OTHERS_FIRST, 60),
        (Facts(others_first_s=30), Action.WAIT, Reason.OTHERS_FIRST, 30),
        (
            Facts(others_first_s=900, is_last_call=True, last_call_s=0),
            Action.SEND,
            Reason.LAST_CALL,
            0,
        ),
        # A question of someone else isn't this person's before its deadline either.
        (
            Facts(is_theirs=False, is_last_call=True, last_call_s=0),
            Action.WAIT,
            Reason.ASSIGNED,
            900,
        ),
        (Facts(is_theirs=False, others_first_s=30), Action.WAIT, Reason.ASSIGNED, 900),
        # While the agent has to reply, a person has nothing to do.
        (Facts(is_agents_turn=True), Action.WAIT, Reason.AGENTS_TURN, 60),
        (Facts(is_agents_turn=True, is_pending=False), Action.DROP, Reason.CLOSED, 0),
        # A daily summary takes the place of daily reminders only.
        (Facts(has_summary=True, step=3), Action.SEND, Reason.REMINDER, 0),
        (Facts(has_summary=True, step=4), Action.DROP, Reason.IN_SUMMARY, 0),
        (Facts(step=4), Action.SEND, Reason.REMINDER, 0),
        (
            Facts(has_summary=True, step=100, is_last_call=True, last_call_s=0),
            Action.SEND,
            Reason.LAST_CALL,
            0,
        ),
    ],
)
def test_deadlines_others_and_summaries(
    facts: Facts, action: Action, reason: Reason, wait_s: float
) -> None:
    assert decide(facts) == Decision(action, reason, wait_s)


@pytest.mark.parametrize(
    ("waiting", "channel_on", "quiet_s", "decision"),
    [
        (3, True, 0, Decision(Action.SEND, Reason.SUMMARY)),
        (0, True, 0, Decision(Action.DROP, Reason.NOTHING_WAITS)),
        (3, False, 0, Decision(Action.DROP, Reason.CHANNEL_OFF)),
        (3, True, 60, Decision(Action.WAIT, Reason.QUIET_HOURS, 60)),
        (0, True, 60, Decision(Action.DROP, Reason.NOTHING_WAITS)),
    ],
)
def test_a_summary_comes_if_something_waits(
    waiting: int, channel_on: bool, quiet_s: float, decision: Decision
) -> None:
    assert decide_summary(waiting=waiting, channel_on=channel_on, quiet_s=quiet_s) == decision


def test_reminders_become_rarer_and_come_to_an_end() -> None:
    pauses = [next_reminder_s(step) for step in range(11)]
    assert pauses[:5] == [900, 3600, 14_400, 86_400, 86_400]
    assert pauses[-1] is None
