"""A report that is delivered twice counts once, and gets the same verdict."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import AgentEscalation, Attempt, Job, Problem, ReportVerdict
from webapp.operations import answers
from webapp.operations.reports import context, receive, record, repeats
from webapp.operations.reports.context import Report
from webapp.operations.reports.failure import Failure, Policy
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category, Origin, VerdictKind
from webapp.rules.classification import classify
from webapp.rules.retry_policy import Decision
from webapp.rules.signature import signature

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent", "other": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})

BUG = Report("s1", "Error", "TypeError: cart.total is not a function", id="a1", approach="one way")
NO_KEY = Report("s1", "Error", "stripe.error.AuthenticationError: No API key provided.", id="k1")
REFUSED = Report("s1", "Error", "connect ECONNREFUSED 127.0.0.1:5432", id="r1")

Tell = Callable[..., Verdict]


@pytest.fixture
def tell(app: Flask) -> Tell:
    def report(failure: Report, job: str = "build-1", project: str = "shop") -> Verdict:
        with app.app_context():
            return receive.report(job, project, failure, by=AGENT)

    return report


def counted(app: Flask) -> tuple[int, int, int, int, int]:
    """How much there is of everything that a report adds."""
    with app.app_context():
        session = db.session()
        seen = sum(problem.seen + problem.attempts_spent for problem in session.query(Problem))
        seqs = sum(job.last_seq for job in session.query(Job))
        asked = sum(each.occurrences for each in session.query(AgentEscalation))
        return seen, session.query(Attempt).count(), seqs, asked, session.query(Job).count()


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [
        (BUG, "retry"),
        (REFUSED, "wait"),
        (NO_KEY, "escalate"),
        (replace(BUG, origin=Origin.MODEL_PROVIDER), "wait"),
    ],
)
def test_the_same_report_again_gets_the_same_verdict_and_counts_nothing(
    app: Flask, tell: Tell, failure: Report, verdict: str
) -> None:
    first = tell(failure)
    before = counted(app)
    again = tell(failure)
    assert (first.verdict, first.repeated) == (verdict, False)
    assert again == replace(first, repeated=True)
    assert counted(app) == before


def test_a_report_that_joined_a_question_joins_once(app: Flask, tell: Tell) -> None:
    asked = tell(NO_KEY)
    joined = tell(NO_KEY, "build-2")
    before = counted(app)
    assert tell(NO_KEY, "build-2") == replace(joined, repeated=True)
    assert joined.escalation_id == asked.escalation_id
    assert counted(app) == before


def test_a_report_in_a_paused_job_is_repeated_too(app: Flask, tell: Tell) -> None:
    tell(replace(BUG, id=None))
    with app.app_context():
        db.session.query(Job).update({"state": "paused"})
        db.session.commit()
    assert tell(BUG).verdict == "pause"
    before = counted(app)
    again = tell(BUG)
    assert (again.verdict, again.repeated) == ("pause", True)
    assert counted(app) == before


def test_the_question_is_found_again_after_its_answer(app: Flask, tell: Tell) -> None:
    """The agent crashed between the verdict and its own save, and starts over."""
    asked = tell(NO_KEY)
    with app.app_context():
        answers.resolve(uuid.UUID(asked.escalation_id), "provide_credentials", by=ANNA)
    again = tell(replace(NO_KEY, session_id="s2"))
    assert (again.escalation_id, again.repeated, again.warnings) == (asked.escalation_id, True, [])


def test_ids_belong_to_a_job(tell: Tell) -> None:
    assert not tell(BUG).repeated
    assert not tell(BUG, "build-2").repeated
    assert not tell(BUG, project="other").repeated


def test_without_an_id_each_report_is_a_new_one(app: Flask, tell: Tell) -> None:
    assert [tell(replace(BUG, id=None)).attempt for _ in range(3)] == [1, 2, 3]
    with app.app_context():
        assert db.session.query(ReportVerdict).count() == 0


def test_another_failure_under_a_used_id_gets_the_stored_verdict_and_is_told_so(
    app: Flask, tell: Tell
) -> None:
    first = tell(BUG)
    before = counted(app)
    other = tell(replace(NO_KEY, id=BUG.id))
    assert other == replace(first, repeated=True, warnings=[repeats.OTHER_CONTENT])
    assert counted(app) == before


@pytest.mark.parametrize(
    "other",
    [
        {"plain_english_problem": "May I delete the production database?"},
        {"recommended_action": "Say yes."},
        {"options": [{"value": "yes", "label": "Yes, delete it", "description": ""}]},
        {"recommended": "yes"},
        {"category": Category.ENV_ERROR},
    ],
)
def test_other_words_for_the_founder_under_a_used_id_are_told_of(
    tell: Tell, other: dict[str, Any]
) -> None:
    """Otherwise the agent would take the founder's answer for one to what it asks now."""
    asked = replace(
        NO_KEY,
        id="approval",
        plain_english_problem="May I restart the preview server?",
        options=[{"value": "yes", "label": "Yes", "description": ""}],
    )
    first = tell(asked)
    assert tell(asked) == replace(first, repeated=True)
    again = tell(replace(asked, **other))
    assert again == replace(first, repeated=True, warnings=[repeats.OTHER_CONTENT])


def test_of_two_that_arrive_at_once_the_key_lets_one_through(app: Flask) -> None:
    """The second one has looked before the first one was stored."""
    with app.app_context():
        session = db.session()
        found = classify("Error", BUG.error_message)
        failure = Failure(BUG, found, Policy())
        receive.report("build-1", "shop", replace(BUG, id=None), by=AGENT)
        session.query(Job).update({"state": "paused"})  # where any number may come at once
        session.commit()
        key = signature("shop", BUG.error_type, BUG.error_message)
        found_context = context.look(session, "shop", "build-1", key, BUG, found)
        verdict = receive.report("build-1", "shop", BUG, by=AGENT)
        pause = Decision(VerdictKind.PAUSE, attempt=0, attempts=0, waits=0)
        before = counted(app)
        assert not record.spent(session, found_context, failure, pause, verdict)
        assert counted(app) == before
