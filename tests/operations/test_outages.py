"""Trouble of the model provider: waited for while that helps, and never unseen."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from webapp.actors import Actor
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job
from webapp.operations import answers, problems
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category, Origin

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})
BUSY = ("Overloaded", "529 overloaded_error", "503 Service Unavailable", "Request timed out")
THEN = datetime(2026, 3, 3, 12, tzinfo=UTC)

Tell = Callable[..., Verdict]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(THEN, tick=False) as clock:
        yield clock


@pytest.fixture
def tell(app: Flask) -> Tell:
    def report(message: str = BUSY[0], *, job: str = "build-1", **more: object) -> Verdict:
        with app.app_context():
            what = Report("s1", "ApiError", message, origin=Origin.MODEL_PROVIDER, **more)  # type: ignore[arg-type]
            return receive.report(job, "shop", what, by=AGENT)

    return report


def wait_out(tell: Tell, clock: time_machine.Traveller, *, job: str = "build-1") -> list[Verdict]:
    """Report and wait as told, until the verdict is another; each failure in other words."""
    verdicts: list[Verdict] = []
    while not verdicts or verdicts[-1].verdict == "wait":
        verdicts.append(tell(BUSY[len(verdicts) % len(BUSY)], job=job))
        clock.shift(verdicts[-1].retry_after_s or 0)
    return verdicts


@pytest.mark.parametrize(
    ("message", "family"),
    [
        ("Incorrect API key provided: sk-1234", "invalid_credentials"),
        ("You exceeded your current quota, insufficient_quota", "billing_quota"),
        ("billing_not_active: account is not active, please check your billing", "billing_quota"),
    ],
)
def test_what_waiting_does_not_cure_is_asked_at_once(
    app: Flask, tell: Tell, message: str, family: str
) -> None:
    """FIELD: an agent with an invalid key waited for ever, and nobody saw it."""
    verdict = tell(message)
    assert (verdict.verdict, verdict.category) == ("escalate", "never_retry")
    with app.app_context():
        asked = db.session.get_one(AgentEscalation, uuid.UUID(verdict.escalation_id))
        assert (asked.status, asked.family) == ("pending", family)


def test_what_the_agent_says_of_the_category_counts(tell: Tell) -> None:
    assert tell(category=Category.NEVER_RETRY).verdict == "escalate"
    assert tell("Incorrect API key provided", category=Category.ENV_ERROR).verdict == "wait"


def test_waits_grow_and_after_half_an_hour_the_founder_is_asked(
    app: Flask, tell: Tell, clock: time_machine.Traveller
) -> None:
    verdicts = wait_out(tell, clock)
    waits = [verdict.retry_after_s for verdict in verdicts[:-1]]
    for wait, base in zip(waits, [8, 20, 60, 120, *[300] * len(waits)], strict=False):
        assert base <= wait <= base * 1.25
    assert verdicts[-1].verdict == "escalate"
    assert timedelta(minutes=30) <= datetime.now(UTC) - THEN < timedelta(minutes=37)
    assert len({verdict.error_signature for verdict in verdicts}) == 1
    with app.app_context():
        (asked,) = db.session.scalars(select(AgentEscalation))
        assert "AI model" in asked.plain_english_problem
        assert asked.category == "env_error"


def test_each_wait_is_seen_in_the_feed(app: Flask, tell: Tell) -> None:
    tell()
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        (event,) = log.read(db.session(), job.id, 0)
        assert (event.kind, event.payload["family"]) == ("agent.backing_off", "model_unavailable")


def test_waiting_spends_nothing(app: Flask, tell: Tell, clock: time_machine.Traveller) -> None:
    wait_out(tell, clock)
    with app.app_context():
        what = Report("s1", "Error", "TypeError: cart.total is not a function")
        assert receive.report("build-1", "shop", what, by=AGENT).attempt == 1


def test_each_job_has_a_back_off_of_its_own(tell: Tell, clock: time_machine.Traveller) -> None:
    for _ in range(4):
        clock.shift(tell().retry_after_s)
    assert tell().retry_after_s >= 300
    assert tell(job="build-2").retry_after_s <= 10


def test_another_job_joins_the_question_once_it_has_waited_as_long(
    app: Flask, tell: Tell, clock: time_machine.Traveller
) -> None:
    asked = wait_out(tell, clock)[-1]
    joined = wait_out(tell, clock, job="build-2")
    assert len(joined) > 5
    assert joined[-1].escalation_id == asked.escalation_id


def test_an_outage_ends_with_a_pause_or_a_success(
    app: Flask, tell: Tell, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        clock.shift(tell().retry_after_s)
    clock.shift(901)
    assert tell().retry_after_s <= 10
    last = tell()
    assert last.retry_after_s >= 20
    with app.app_context():
        problems.heal("build-1", "shop", last.error_signature, by=AGENT)
    assert tell().retry_after_s <= 10


@pytest.mark.parametrize(
    ("decision", "verdict"), [("retry_now", "retry"), ("skip_feature", "skip")]
)
def test_the_answer_is_followed_and_says_nothing_of_the_next_outage(
    app: Flask,
    tell: Tell,
    clock: time_machine.Traveller,
    decision: str,
    verdict: str,
) -> None:
    asked = wait_out(tell, clock)[-1]
    with app.app_context():
        answers.resolve(uuid.UUID(asked.escalation_id), decision, by=ANNA)
    assert tell().verdict == verdict
    again = tell()
    assert again.verdict == "wait"
    assert again.retry_after_s < 60
    clock.shift(24 * 3600)
    assert tell().verdict == "wait"


def test_a_paused_job_is_told_to_stop(app: Flask, tell: Tell) -> None:
    tell()
    with app.app_context():
        db.session.query(Job).update({"state": "paused"})
        db.session.commit()
    assert tell().verdict == "pause"
