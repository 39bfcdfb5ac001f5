"""What follows from an attempt to send a message."""

import pytest

from webapp.rules import sending
from webapp.rules.sending import PAUSES_S, Attempt, Next, Outcome, after, is_off


def test_what_was_accepted_is_over() -> None:
    assert after(Attempt(Outcome.ACCEPTED), 1, may_repeat=True) == Next("accepted")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.GONE])
def test_what_was_refused_for_good_is_not_tried_again(outcome: Outcome) -> None:
    assert after(Attempt(outcome), 1, may_repeat=True) == Next("failed")


def test_the_pauses_grow_and_come_to_an_end() -> None:
    ends = [after(Attempt(Outcome.FAILED), number, may_repeat=True) for number in range(1, 12)]
    assert [end.in_s for end in ends] == [*PAUSES_S, None]
    assert {end.state for end in ends[:-1]} == {"failed_temporarily"}
    assert ends[-1].state == "failed"


def test_what_may_have_arrived_is_sent_again_only_where_somebody_would_know() -> None:
    unknown = Attempt(Outcome.UNKNOWN)
    assert after(unknown, 1, may_repeat=False) == Next("maybe_sent")
    assert after(unknown, 1, may_repeat=True) == Next("maybe_sent", 5)
    assert after(unknown, 11, may_repeat=True) == Next("maybe_sent")


@pytest.mark.parametrize(
    ("knows_repeats", "is_first", "attempts", "again"),
    [
        (True, False, 9, True),
        (False, True, 1, True),
        (False, True, 2, False),
        (False, False, 1, False),
    ],
)
def test_a_first_message_is_sent_twice_rather_than_never(
    knows_repeats: bool, is_first: bool, attempts: int, again: bool
) -> None:
    found = sending.repeats(knows_repeats=knows_repeats, is_first=is_first, attempts=attempts)
    assert found is again


def test_a_provider_may_ask_for_more_time_but_not_for_ever() -> None:
    asks = Attempt(Outcome.FAILED, retry_after_s=900)
    assert after(asks, 1, may_repeat=True).in_s == 900
    endless = Attempt(Outcome.FAILED, retry_after_s=1e9)
    assert after(endless, 1, may_repeat=True).in_s == 86_400
    hasty = Attempt(Outcome.FAILED, retry_after_s=1)
    assert after(hasty, 4, may_repeat=True).in_s == PAUSES_S[3]


def test_the_jitter_only_adds() -> None:
    assert after(Attempt(Outcome.FAILED), 2, may_repeat=True, jitter=1.0).in_s == 36


@pytest.mark.parametrize(
    ("failures", "seconds", "off"), [(9, 1e6, False), (10, 3599, False), (10, 3600, True)]
)
def test_a_channel_is_off_after_ten_failures_of_an_hour(
    failures: int, seconds: float, off: bool
) -> None:
    assert is_off(failures, seconds, Outcome.FAILED) is off


def test_a_channel_whose_address_is_gone_is_off_at_once() -> None:
    assert is_off(1, 0, Outcome.GONE)
    assert sending.ANSWER_KEPT == 500
