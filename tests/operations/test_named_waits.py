"""An agent waits as long as the error message says; what is too far away is asked about."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import answers
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.failure import Policy
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category, Origin

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})
THEN = datetime(2026, 3, 3, 12, tzinfo=UTC)
SOON = "429 Too Many Requests: rate limit exceeded, please retry after 60 seconds"
FAR = "429 Too Many Requests: rate limit exceeded, resets in 5 hours"

Tell = Callable[..., Verdict]


@pytest.fixture(autouse=True)
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with app.app_context(), time_machine.travel(THEN, tick=False) as clock:
        yield clock


def tell(message: str = SOON, *, job: str = "build-1", **more: object) -> Verdict:
    what = Report("s1", "RateLimitError", message, **more)  # type: ignore[arg-type]
    return receive.report(job, "shop", what, by=AGENT)


def question(verdict: Verdict) -> AgentEscalation:
    return db.session.get_one(AgentEscalation, uuid.UUID(verdict.escalation_id or ""))


def test_a_limit_that_ends_soon_is_waited_for_and_spends_nothing() -> None:
    verdict = tell()
    assert (verdict.verdict, verdict.category) == ("wait", "never_retry")
    assert 60 <= verdict.retry_after_s <= 62
    assert verdict.attempt == 1


def test_a_limit_that_does_not_end_is_asked_about_in_the_end() -> None:
    verdicts = [tell().verdict for _ in range(8)]
    assert verdicts == ["wait"] * 6 + ["escalate"] * 2


def test_a_limit_that_names_no_time_is_asked_about_at_once() -> None:
    assert tell("429 Too Many Requests: rate limit exceeded").verdict == "escalate"


def test_what_ends_too_far_away_is_asked_with_the_choice_to_wait_until_then(
    clock: time_machine.Traveller,
) -> None:
    asked = tell(FAR)
    assert asked.verdict == "escalate"
    shown = question(asked)
    assert [option["value"] for option in shown.options] == [
        "wait_until_then",
        "provide_credentials",
        "skip_feature",
    ]
    assert shown.recommended == "wait_until_then"
    clock.shift(timedelta(hours=1))  # it takes the founder an hour to answer
    answers.resolve(shown.id, "wait_until_then", by=ANNA)
    verdict = tell(FAR)
    assert (verdict.verdict, verdict.decision) == ("wait", "wait_until_then")
    assert verdict.retry_after_s == pytest.approx(4 * 3600, rel=0.03)
    assert verdict.retry_after_s >= 4 * 3600


def test_until_then_is_over_for_an_agent_that_comes_later(clock: time_machine.Traveller) -> None:
    asked = tell(FAR)
    answers.resolve(question(asked).id, "wait_until_then", by=ANNA)
    clock.shift(timedelta(hours=6))
    verdict = tell(FAR)
    assert (verdict.verdict, verdict.decision) == ("retry", "wait_until_then")


def test_one_limit_is_one_card_however_long_it_still_lasts(clock: time_machine.Traveller) -> None:
    first = tell(FAR)
    clock.shift(timedelta(minutes=59))
    second = tell("429 Too Many Requests: rate limit exceeded, resets in 4 hours", job="build-2")
    assert second.escalation_id == first.escalation_id


def test_trouble_of_the_environment_waits_as_long_as_it_says() -> None:
    verdict = tell("503 Service Unavailable\nRetry-After: 120", category=Category.ENV_ERROR)
    assert verdict.verdict == "wait"
    assert 120 <= verdict.retry_after_s <= 124


def test_a_mistake_of_the_program_is_not_waited_for() -> None:
    text = "No module named 'requests'. Try again in 20 seconds."
    assert tell(text, category=Category.CODE_ERROR).verdict == "retry"


def test_a_model_provider_that_names_a_time_is_waited_for_so_long() -> None:
    verdict = tell(SOON, origin=Origin.MODEL_PROVIDER)
    assert verdict.verdict == "wait"
    assert verdict.retry_after_s >= 60


def test_a_model_provider_that_is_back_in_hours_is_asked_about_at_once() -> None:
    asked = tell(FAR, origin=Origin.MODEL_PROVIDER)
    assert asked.verdict == "escalate"
    assert question(asked).options[0]["value"] == "wait_until_then"


def test_the_server_may_be_set_up_with_another_schedule() -> None:
    what = Report("s1", "Error", "connect ECONNREFUSED 127.0.0.1:5432")
    verdicts = [
        receive.report("build-9", "shop", what, by=AGENT, policy=Policy(waits_s=(4, 5)))
        for _ in range(3)
    ]
    assert [verdict.verdict for verdict in verdicts] == ["wait", "wait", "escalate"]
    assert 4 <= verdicts[0].retry_after_s <= 5
