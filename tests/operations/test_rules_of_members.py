"""A standing rule acts in somebody's name: it ends when they can no longer answer."""

import uuid

import pytest
from flask import Flask

from tests.operations.test_members import joined, proved
from webapp.actors import DESK, Actor
from webapp.events import log
from webapp.extensions import db
from webapp.models import Action, AuditEvent, Job, Membership, StandingRule
from webapp.operations import answers, members
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.transaction import transaction

REPORT = Report("session-1", "AuthenticationError", "stripe: No API key provided.")


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def with_rule(by: Actor, project: str = "shop") -> StandingRule:
    """A rule that this person made by answering a question of the project."""
    verdict = receive.report("build-1", project, REPORT, by=DESK)
    key = uuid.UUID(verdict.escalation_id or "")
    answers.give(key, answers.Answer("skip_feature", remember_days=30), by=by)
    return db.session.scalars(db.select(StandingRule).filter_by(escalation_id=key)).one()


def is_ended(rule: StandingRule) -> bool:
    return db.session.get_one(StandingRule, rule.id).revoked_at is not None


def answered_by_itself(project: str = "shop") -> bool:
    """Whether a job that meets the problem gets the rule's answer."""
    receive.report("build-1", project, REPORT, by=DESK)  # takes up the answer
    verdict = receive.report(f"build-{uuid.uuid4().hex}", project, REPORT, by=DESK)
    question = db.session.get_one(answers.AgentEscalation, uuid.UUID(verdict.escalation_id or ""))
    return question.status == "resolved"


def test_a_rule_of_a_member_who_stays_stands() -> None:
    olivia, ben, mia = joined("olivia", role="owner"), joined("ben"), joined("mia")
    rule = with_rule(ben)
    members.remove(mia.person_id, "shop", **proved(olivia))
    members.change_role(ben.person_id, "shop", "owner", **proved(olivia))
    assert not is_ended(rule)
    assert answered_by_itself()


@pytest.mark.parametrize("how", ["removed", "only reads"])
def test_a_rule_ends_with_the_role_of_who_made_it(how: str) -> None:
    olivia, ben = joined("olivia", role="owner"), joined("ben")
    rule = with_rule(ben)
    if how == "removed":
        members.remove(ben.person_id, "shop", **proved(olivia))
    else:
        members.change_role(ben.person_id, "shop", "observer", **proved(olivia))
    assert is_ended(rule)
    job = db.session.scalars(db.select(Job).filter_by(job_id="build-1")).one()
    payload = log.read(db.session(), job.id, 0, 100)[-1]
    assert (payload.kind, payload.payload["ended_by"]) == ("agent.rule_ended", olivia.name)
    noted = db.select(AuditEvent).where(AuditEvent.action == Action.RULE_ENDED.value)
    assert [entry.actor_ref for entry in db.session.scalars(noted)] == [olivia.ref]
    assert not answered_by_itself()


def test_only_the_rules_of_the_project_they_leave_end() -> None:
    olivia = joined("olivia", role="owner")
    joined("ben")
    ben = joined("ben", "studio")
    here, there = with_rule(ben), with_rule(ben, "studio")
    members.remove(ben.person_id, "shop", **proved(olivia))
    assert is_ended(here)
    assert not is_ended(there)
    assert answered_by_itself("studio")


def test_a_rule_whose_maker_is_gone_answers_nothing_even_if_it_was_not_ended() -> None:
    ben = joined("ben")
    rule = with_rule(ben)
    with transaction() as session:
        session.delete(session.get_one(Membership, (ben.person_id, "shop")))
    assert db.session.get_one(StandingRule, rule.id).revoked_at is None
    assert not answered_by_itself()
