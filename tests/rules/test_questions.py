"""The table of messages and what a founder should be asked is in order, and is measured."""

import pytest
from evaluate_questions import HALVES, Asked, is_right_place, is_right_service, questions

ASKED = questions()


def share_right(rows: list[Asked]) -> float:
    right = [one for one in rows if is_right_place(one) and is_right_service(one)]
    return len(right) / len(rows)


def test_the_table_is_large_and_each_group_is_in_one_half() -> None:
    assert len(ASKED) >= 150
    halves = [{one.group for one in ASKED if one.half == half} for half in HALVES]
    assert min(map(len, halves)) >= 60
    assert halves[0].isdisjoint(halves[1])
    assert len({one.message for one in ASKED}) == len(ASKED)


@pytest.mark.parametrize(("half", "least"), [(HALVES[0], 0.95), (HALVES[1], 0.80)])
def test_a_question_names_the_right_service_and_place(half: str, least: float) -> None:
    """The first half is what rules are written against, so it stays right; the other is what to
    expect of messages that nobody has seen."""
    assert share_right([one for one in ASKED if one.half == half]) >= least
