"""A moment to take an answer back: the grace between the founder's tap and its release."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from kept import stored

from webapp.actors import Actor
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.events import log
from webapp.extensions import db
from webapp.models import Job
from webapp.operations import answers, escalations, holding, people
from webapp.operations.answers import AlreadyAnswered, Answer
from webapp.operations.escalations import Question
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
BEN = Actor(ref="person:2", name="Ben", grants={"shop": "founder"})
OTTO = Actor(ref="person:3", name="Otto", grants={"other": "founder"})
START = datetime(2026, 3, 3, 12, tzinfo=UTC)
AFTER = START + timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _members(app: Flask) -> None:
    """Anna and Ben are in the project when their answers are released."""
    with app.app_context():
        for name in ("anna", "ben"):
            people.make_link(f"{name}@example.com", role="founder", project_id="shop")


@pytest.fixture
def question(app: Flask) -> uuid.UUID:
    with app.app_context(), time_machine.travel(START, tick=False):
        asked = Question("s1", "KeyError", "shop:KeyError:v1-1", "I need the key of Stripe.")
        found, _ = escalations.open_question("build-1", "shop", asked, by=AGENT)
        holding.hold(found.id, Answer("skip_feature", "not now"), 5, by=ANNA)
        return found.id


def release(app: Flask, at: datetime) -> int:
    with app.app_context(), time_machine.travel(at, tick=False):
        return holding.release_due()


def events(app: Flask) -> list[str]:
    with app.app_context():
        job = db.session.query(Job).one()
        return [event.kind for event in log.read(db.session(), job.id, 0)]


def test_a_held_answer_is_pending_for_the_agent_and_released_after_the_grace(
    app: Flask, question: uuid.UUID
) -> None:
    held = stored(app, question)
    assert (held.status, held.founder_decision) == ("pending", None)
    assert release(app, AFTER - timedelta(milliseconds=1)) == 0
    assert release(app, AFTER) == 1
    given = stored(app, question)
    assert (given.status, given.founder_decision, given.founder_guidance, given.resolved_by) == (
        "resolved",
        "skip_feature",
        "not now",
        "Anna",
    )
    assert events(app)[1:] == ["agent.answer_held", "agent.escalation_resolved"]


def test_a_second_release_releases_nothing(app: Flask, question: uuid.UUID) -> None:
    assert [release(app, AFTER), release(app, AFTER)] == [1, 0]
    assert events(app).count("agent.escalation_resolved") == 1


def test_it_can_be_taken_back_and_answered_differently(app: Flask, question: uuid.UUID) -> None:
    with app.app_context(), time_machine.travel(START, tick=False):
        holding.undo(question, by=ANNA)
        answers.resolve(question, "simpler_version", by=BEN)
    assert release(app, AFTER) == 0
    assert stored(app, question).founder_decision == "simpler_version"


def test_it_can_not_be_taken_back_once_its_time_is_over(app: Flask, question: uuid.UUID) -> None:
    after = time_machine.travel(AFTER, tick=False)
    with app.app_context(), after, pytest.raises(Conflict, match="too late"):
        holding.undo(question, by=ANNA)
    assert release(app, AFTER) == 1


@pytest.mark.parametrize("grace", [0, 5])
def test_the_first_answer_wins_while_it_is_held(
    app: Flask, question: uuid.UUID, grace: float
) -> None:
    with app.app_context(), time_machine.travel(START, tick=False):
        with pytest.raises(AlreadyAnswered, match=r"Anna answered this question at .*skip_feature"):
            holding.hold(question, Answer("simpler_version"), grace, by=BEN)
        with pytest.raises(AlreadyAnswered):
            answers.resolve(question, "simpler_version", by=BEN)


def test_an_agent_that_withdraws_now_is_too_late_and_the_held_answer_is_released(
    app: Flask, question: uuid.UUID
) -> None:
    with app.app_context(), pytest.raises(answers.AlreadyAnswered):
        escalations.withdraw(question, "solved", by=AGENT)
    assert release(app, AFTER) == 1
    assert stored(app, question).status == "resolved"


def test_strangers_and_agents_can_neither_hold_nor_undo(app: Flask, question: uuid.UUID) -> None:
    with app.app_context(), time_machine.travel(START, tick=False):
        for by, error in ((OTTO, NotFound), (AGENT, Forbidden)):
            with pytest.raises(error):
                holding.undo(question, by=by)
            with pytest.raises(error):
                holding.hold(question, Answer("skip_feature"), 5, by=by)


def test_the_grace_remembers_what_was_ticked(app: Flask) -> None:
    report = Report("s1", "Error", "stripe.error.AuthenticationError: No API key provided.")
    with app.app_context(), time_machine.travel(START, tick=False):
        ours = uuid.UUID(receive.report("build-1", "shop", report, by=AGENT).escalation_id)
        holding.hold(ours, Answer("skip_feature", remember_days=30), 5, by=ANNA)
    release(app, AFTER)
    with app.app_context():
        (days,) = db.session.execute(
            db.text("select extract(day from expires_at - created_at) from standing_rules")
        ).one()
    assert days == 30
