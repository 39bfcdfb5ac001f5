"""A standing rule answers every time until it ends or fails, and says when and why it ended."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from webapp.actors import Actor
from webapp.clock import now
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job, StandingRule
from webapp.operations import answers, problems, receipts, standing_rules
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})
BUG = "TypeError: cart.total is not a function"


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def tell(job: str = "build-1") -> Verdict:
    return receive.report(job, "shop", Report("s1", "Error", BUG), by=AGENT)


def until(kind: str, job: str = "build-1") -> Verdict:
    for _ in range(10):
        if (verdict := tell(job)).verdict == kind:
            return verdict
    raise AssertionError(f"no {kind} in 10 reports")


def question(verdict: Verdict) -> AgentEscalation:
    return db.session.get_one(
        AgentEscalation, uuid.UUID(verdict.escalation_id or ""), populate_existing=True
    )


def with_rule(decision: str = "simpler_version", job: str = "build-0") -> StandingRule:
    asked = until("escalate", job)
    answers.give(question(asked).id, answers.Answer(decision, remember_days=30), by=ANNA)
    return db.session.scalars(db.select(StandingRule).order_by(StandingRule.id.desc())).first()


def healed(job: str, verdict: Verdict) -> None:
    problems.heal(job, "shop", verdict.error_signature, by=AGENT)


def uses() -> int:
    return db.session.scalar(db.select(db.func.sum(StandingRule.uses)))


def until_ruled(job: str = "build-1") -> Verdict:
    """The verdict on the report of the job that the rule answers."""
    before = uses()
    for _ in range(10):
        verdict = tell(job)
        assert verdict.verdict != "escalate"
        if uses() > before:
            return verdict
    raise AssertionError("the rule did not answer")


def ended(rule: StandingRule) -> tuple[str | None, str | None]:
    again = db.session.get_one(StandingRule, rule.id, populate_existing=True)
    assert again.revoked_at is not None
    return again.ended_because, again.ended_by


def test_a_rule_answers_a_job_each_time_that_the_problem_was_solved_in_between() -> None:
    with_rule()
    for _ in range(3):
        verdict = until_ruled()
        assert (verdict.verdict, verdict.decision) == ("retry", "simpler_version")
        healed("build-1", verdict)
    assert uses() == 3


def test_a_success_says_that_the_answer_worked_also_without_a_receipt() -> None:
    with_rule()
    verdict = until_ruled()
    healed("build-1", verdict)
    assert question(verdict).outcome == "worked"


def test_a_receipt_counts_more_than_what_is_inferred() -> None:
    with_rule()
    verdict = until_ruled()
    receipts.give(question(verdict).id, "worked", "All green.", by=AGENT)
    again = until("retry")
    healed("build-1", again)
    assert question(verdict).outcome_note == "All green."


def test_a_rule_whose_answer_does_not_help_ends_and_a_person_is_asked() -> None:
    rule = with_rule()
    ruled = until_ruled()
    asked = until("escalate")
    assert question(ruled).outcome == "failed"
    assert ended(rule) == ("failed", "build-1")
    assert question(asked).differs_from_rule == rule.id
    assert until("escalate", "build-2").escalation_id == asked.escalation_id


def test_an_agent_that_reports_the_failure_of_its_answer_ends_the_rule() -> None:
    rule = with_rule()
    ruled = until_ruled()
    for _ in range(2):  # the same receipt again changes nothing
        receipts.give(question(ruled).id, "failed", by=AGENT)
    assert ended(rule) == ("failed", "build-1")
    told = [
        event.payload["because"]
        for job in db.session.scalars(db.select(Job))
        for event in log.read(db.session(), job.id, 0, 100)
        if event.kind == "agent.rule_ended"
    ]
    assert told == ["failed"]
    assert until("escalate", "build-2").decision is None


def test_a_receipt_for_the_answer_of_a_person_ends_no_rule() -> None:
    rule = with_rule()
    first = db.session.get_one(AgentEscalation, rule.escalation_id)
    receipts.give(first.id, "failed", by=AGENT)
    assert db.session.get_one(StandingRule, rule.id, populate_existing=True).revoked_at is None


def test_a_rule_that_is_stopped_says_by_whom() -> None:
    rule = with_rule()
    standing_rules.revoke(rule.id, by=ANNA)
    assert ended(rule) == ("stopped", "Anna")


def test_a_rule_that_is_replaced_says_by_whom() -> None:
    rule = with_rule()
    other = Report("s1", "Error", BUG, category=Category.NEVER_RETRY)  # asks in other words
    tell("build-0")  # takes up the answer
    asked = receive.report("build-8", "shop", other, by=AGENT)
    answers.give(question(asked).id, answers.Answer("skip_feature", remember_days=7), by=ANNA)
    assert ended(rule) == ("replaced", "Anna")


def test_a_rule_that_expired_has_no_other_reason_to_end() -> None:
    rule = with_rule()
    with time_machine.travel(now() + timedelta(days=31)):
        # It has expired by then, so a person is asked and makes another one.
        later = with_rule(job="build-7")
    assert later.id != rule.id
    again = db.session.get_one(StandingRule, rule.id, populate_existing=True)
    assert again.ended_because is None
    assert again.over_at == again.expires_at


def test_a_question_that_is_asked_because_the_answer_failed_says_so() -> None:
    asked = until("escalate")
    answers.resolve(question(asked).id, "simpler_version", by=ANNA)
    again = until("escalate")
    assert again.escalation_id != asked.escalation_id
    assert question(asked).outcome == "failed"


def test_another_job_that_asks_says_nothing_of_an_answer_it_never_had() -> None:
    asked = until("escalate")
    answers.resolve(question(asked).id, "simpler_version", by=ANNA)
    until("escalate", "build-2")
    assert question(asked).outcome is None
