"""What was read before a statement is not locked: when it moved meanwhile, nothing is changed."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Attempt, Job, Problem
from webapp.operations import answers, jobs
from webapp.operations.reports import context, receive, record
from webapp.operations.reports.context import Report, ReportContext
from webapp.operations.reports.failure import Failure, Policy
from webapp.rules.categories import VerdictKind
from webapp.rules.classification import classify
from webapp.rules.retry_policy import Decision
from webapp.rules.signature import signature

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
BUG = Report("s1", "Error", "TypeError: cart.total is not a function", approach="another way")
NO_KEY = Report("s1", "Error", "stripe.error.AuthenticationError: No API key provided.")
FAILURE = Failure(BUG, classify("Error", BUG.error_message), Policy())
RETRY = Decision(VerdictKind.RETRY, attempt=1, attempts=1, waits=0)
PAUSE = Decision(VerdictKind.PAUSE, attempt=0, attempts=0, waits=0)
JOIN = Decision(VerdictKind.ESCALATE, attempt=0, attempts=0, waits=0, joins_escalation=True)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


def report(failure: Report, job: str = "build-1") -> str | None:
    return receive.report(job, "shop", failure, by=AGENT).escalation_id


def look(session: Session, failure: Report, job: str = "build-1") -> ReportContext:
    key = signature("shop", failure.error_type, failure.error_message)
    return context.look(
        session, "shop", job, key, failure, classify("Error", failure.error_message)
    )


def stored(session: Session) -> tuple[int, int, list[tuple[int, int]]]:
    """How much there is of everything that a report adds."""
    session.expunge_all()
    seen = sum(problem.seen for problem in session.query(Problem))
    seqs = [(job.last_seq, len(log.read(session, job.id, 0))) for job in session.query(Job)]
    return seen, session.query(Attempt).count(), seqs


def test_a_report_that_came_between_is_counted_and_this_one_begins_again(session: Session) -> None:
    found = look(session, BUG)
    report(BUG)
    before = stored(session)
    assert not record.spent(session, found, FAILURE, RETRY)
    assert stored(session) == before


def test_a_job_that_was_paused_meanwhile_gets_no_retry(session: Session) -> None:
    report(BUG)
    found = look(session, BUG)
    session.query(Job).update({"state": "paused"})
    before = stored(session)
    assert not record.spent(session, found, FAILURE, RETRY)
    assert stored(session) == before


def test_in_a_paused_job_a_report_that_came_between_changes_nothing_for_this_one(
    session: Session,
) -> None:
    report(BUG)
    session.query(Job).update({"state": "paused"})
    found = look(session, BUG)
    report(BUG)
    seen, attempts, seqs = stored(session)
    assert record.spent(session, found, FAILURE, PAUSE)
    assert stored(session) == (seen + 1, attempts + 1, seqs)
    assert session.query(Problem).one().attempts_spent == 1  # that of the report before the pause


def test_a_question_that_was_answered_meanwhile_is_not_joined(session: Session) -> None:
    asked = report(NO_KEY)
    found = look(session, NO_KEY, "build-2")
    answers.resolve(uuid.UUID(asked), "skip_feature", by=ANNA)
    before = stored(session)
    assert not record.joined(session, found, NO_KEY, JOIN)
    assert stored(session) == before


def test_a_job_that_joined_meanwhile_is_not_left_without_the_answer(session: Session) -> None:
    asked = uuid.UUID(report(NO_KEY))
    question = session.get_one(AgentEscalation, asked)
    report(NO_KEY, "build-2")
    stale = answers.Answer("skip_feature")
    session.add(question)  # as it was read before
    assert question.occurrences == 1
    assert not answers.close(session, question, stale, by=ANNA)
    answers.give(asked, stale, by=ANNA)
    for job in ("build-1", "build-2"):
        key = jobs.queries.find(session, job, "shop", by=AGENT).id
        assert log.read(session, key, 0)[-1].kind == "agent.escalation_resolved"
