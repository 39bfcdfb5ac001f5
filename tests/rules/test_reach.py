"""When somebody is told that a question waits, and why not."""

import pytest

from webapp.rules.reach import Action, Decision, Facts, Reason, decide, next_reminder_s


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


def test_reminders_become_rarer_and_come_to_an_end() -> None:
    pauses = [next_reminder_s(step) for step in range(11)]
    assert pauses[:5] == [900, 3600, 14_400, 86_400, 86_400]
    assert pauses[-1] is None
