"""The decision after a failure, case by case."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.categories import Category, Origin, VerdictKind
from webapp.rules.retry_policy import (
    MAX_ATTEMPTS,
    WAITS_S,
    State,
    already_tried,
    decide,
    same_approach,
)


def verdicts(state: State, failures: int) -> list[VerdictKind]:
    """The verdicts on so many failures in a row, each with the counters of the one before."""
    kinds = []
    for _ in range(failures):
        decision = decide(state, jitter=0.5)
        kinds.append(decision.verdict)
        state = replace(state, attempts=decision.attempts, waits=decision.waits)
    return kinds


def test_a_code_error_gets_three_retries_and_the_fourth_failure_asks() -> None:
    assert verdicts(State(Category.CODE_ERROR), 4) == ["retry"] * 3 + ["escalate"]


def test_an_environment_error_is_waited_for_a_quarter_of_an_hour_and_then_asked() -> None:
    assert verdicts(State(Category.ENV_ERROR), 7) == ["wait"] * 6 + ["escalate"]
    assert 15 * 60 <= sum(WAITS_S) <= 16 * 60


def test_another_schedule_can_be_set() -> None:
    state = State(Category.ENV_ERROR, schedule=(5.0, 10.0))
    assert verdicts(state, 3) == ["wait", "wait", "escalate"]
    decision = decide(state, jitter=0)
    assert (decision.retry_after_s, decision.max_attempts) == (5.0, 2)


@pytest.mark.parametrize("category", list(Category))
def test_the_time_that_a_message_names_is_waited(category: Category) -> None:
    for jitter in (0, 1):
        decision = decide(State(category, named_s=60), jitter=jitter)
        assert decision.verdict is VerdictKind.WAIT
        assert 60 <= (decision.retry_after_s or 0) <= 62
        assert (decision.attempts, decision.waits) == (0, 1)


@pytest.mark.parametrize("category", list(Category))
def test_a_time_too_far_away_is_asked_about(category: Category) -> None:
    assert verdicts(State(category, named_s=901), 1) == ["escalate"]


def test_named_times_together_take_at_most_a_quarter_of_an_hour() -> None:
    for category in (Category.NEVER_RETRY, Category.ENV_ERROR):
        assert verdicts(State(category, named_s=300), 4) == ["wait"] * 3 + ["escalate"]
        assert verdicts(State(category, named_s=10), 7) == ["wait"] * 6 + ["escalate"]


def test_what_only_a_person_can_fix_asks_at_once() -> None:
    decision = decide(State(Category.NEVER_RETRY), jitter=0)
    assert decision.verdict is VerdictKind.ESCALATE
    assert decision.opens_escalation
    assert not decision.joins_escalation


def test_after_the_founders_answer_even_a_credential_error_gets_fresh_attempts() -> None:
    assert verdicts(State(Category.NEVER_RETRY, answered=True), 4) == ["retry"] * 3 + ["escalate"]


def test_waits_do_not_spend_the_attempts() -> None:
    decision = decide(State(Category.ENV_ERROR, attempts=2), jitter=0)
    assert (decision.attempts, decision.waits) == (2, 1)


@pytest.mark.parametrize(("waits", "base"), list(enumerate(WAITS_S)))
def test_a_wait_is_its_base_and_up_to_a_quarter_more(waits: int, base: float) -> None:
    state = State(Category.ENV_ERROR, waits=waits)
    assert decide(state, jitter=0).retry_after_s == base
    assert decide(state, jitter=1).retry_after_s == base * 1.25


def test_the_model_providers_own_trouble_waits_and_counts_against_nothing() -> None:
    state = State(Category.CODE_ERROR, attempts=3, waits=3, origin=Origin.MODEL_PROVIDER)
    decision = decide(state, jitter=0)
    assert decision.verdict is VerdictKind.WAIT
    assert decision.retry_after_s is not None
    assert (decision.attempts, decision.waits) == (3, 3)


def test_a_problem_that_was_already_asked_about_is_joined() -> None:
    decision = decide(State(Category.CODE_ERROR, has_pending_escalation=True), jitter=0)
    assert decision.joins_escalation
    assert not decision.opens_escalation


def test_a_paused_job_is_told_to_stop_whatever_else_is_true() -> None:
    state = State(
        Category.NEVER_RETRY,
        has_pending_escalation=True,
        job_is_paused=True,
        origin=Origin.MODEL_PROVIDER,
    )
    assert decide(state, jitter=0).verdict is VerdictKind.PAUSE


states = st.builds(
    State,
    category=st.sampled_from(Category),
    attempts=st.integers(0, 5),
    waits=st.integers(0, 5),
    has_pending_escalation=st.booleans(),
    job_is_paused=st.booleans(),
    origin=st.sampled_from(Origin),
    answered=st.booleans(),
)


@given(states, st.floats(0, 1))
def test_no_state_gets_a_fourth_retry_or_loses_a_count(state: State, jitter: float) -> None:
    decision = decide(state, jitter)
    assert not (decision.verdict is VerdictKind.RETRY and state.attempts >= MAX_ATTEMPTS)
    assert decision.attempts >= state.attempts
    assert decision.waits >= state.waits
    assert not (decision.opens_escalation and decision.joins_escalation)
    asks = decision.opens_escalation or decision.joins_escalation
    assert asks == (decision.verdict is VerdictKind.ESCALATE)
    assert (decision.retry_after_s is not None) == (decision.verdict is VerdictKind.WAIT)


def test_the_same_words_are_the_same_approach_whatever_their_dress() -> None:
    assert same_approach("Pin requests to 2.31!", "  pin  Requests to 2.31")
    assert not same_approach("Pin requests to 2.31", "Pin requests to 2.32")
    assert not same_approach("", "")
    assert not same_approach("???", "!!!")
    assert already_tried("use  yarn", ["Use pnpm.", "Use yarn."])
    assert not already_tried("use npm", ["Use pnpm.", "Use yarn."])
