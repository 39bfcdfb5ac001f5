"""“Do this by itself next time”: a founder's decision that answers the same problem again."""

from datetime import datetime, timedelta
from typing import cast

from flask_babel import lazy_gettext
from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, DESK, Actor, Role
from webapp.clock import now, rfc3339
from webapp.errors import Invalid
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import Action, AgentEscalation, Job, StandingRule
from webapp.models.problems import RuleEnd
from webapp.operations import audit, memory
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.queries import problems as queries

MOST_DAYS = 365


def check(escalation: AgentEscalation) -> None:
    """Raise Invalid where an answer may not be given automatically: a rule answers only what the
    founder saw, so it is never made of words or of a signature that an agent chose."""
    if not escalation.words_are_ours:
        raise Invalid(
            lazy_gettext(
                "The agent worded this question itself, so its answer can't be given automatically."
            ),
            {"remember_days": "is not possible: the agent worded this question itself"},
        )


def keep(session: Session, escalation: AgentEscalation, days: int, *, by: Actor) -> StandingRule:
    """Make the answer of `escalation` a rule for its signature and its digest, for so many days. It
    replaces an earlier one. Inside a transaction."""
    check(escalation)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(
            lazy_gettext("A standing rule can last from 1 to %(most)s days.", most=MOST_DAYS),
            {"remember_days": f"is not a whole number from 1 to {MOST_DAYS}"},
        )
    moment = now()
    _replace_earlier(session, escalation, moment, by)
    rule = StandingRule(
        project_id=escalation.project_id,
        error_signature=escalation.error_signature,
        decision=escalation.founder_decision,
        decision_label=escalation.label,
        guidance=escalation.founder_guidance,
        escalation_id=escalation.id,
        digest=escalation.digest,
        answered_words=escalation.plain_english_problem,
        created_by=by.name,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session.add(rule)
    _note(session, rule, Action.RULE_MADE, by)
    return rule


def _replace_earlier(
    session: Session, escalation: AgentEscalation, moment: datetime, by: Actor
) -> None:
    session.execute(
        update(StandingRule)
        .where(
            StandingRule.project_id == escalation.project_id,
            StandingRule.error_signature == escalation.error_signature,
            StandingRule.revoked_at.is_(None),
        )
        .values(
            revoked_at=moment,
            ended_because=case(
                (StandingRule.expires_at > moment, RuleEnd.REPLACED.value), else_=None
            ),
            ended_by=by.name,
        )
    )


def _note(session: Session, rule: StandingRule, action: Action, by: Actor) -> None:
    audit.note(
        session,
        by=by,
        action=action,
        project_id=rule.project_id,
        subject=rule.error_signature,
        decision=rule.decision,
        until=rfc3339(rule.expires_at),
    )


def revoke(rule_id: int, *, by: Actor) -> StandingRule:
    """End a rule. An ended one stays ended."""
    with transaction() as session:
        rule = queries.rule(session, rule_id, by=by)
        by.require(ANSWERING, rule.project_id, lazy_gettext("stop this rule"))
        _end(session, rule, by, RuleEnd.STOPPED)
    return rule


def fail(session: Session, rule: StandingRule, job_id: str) -> None:
    """End a rule whose answer didn't help that job. Inside a transaction."""
    _end(session, rule, DESK, RuleEnd.FAILED, job_id)


def end_of_person(session: Session, person_id: int, *, by: Actor) -> None:
    """End the rules a person made in projects where they can no longer answer. Inside a
    transaction, after their memberships have changed."""
    for rule in queries.rules_made_by(session, person_id):
        if not may_stand(session, rule):
            _end(session, rule, by, RuleEnd.MAKER_LEFT)


def may_stand(session: Session, rule: StandingRule) -> bool:
    """Say whether the person whose answer became the rule can still answer in its project. Tokens
    and the server itself are in no project that they could leave."""
    person_id = queries.maker_of(session, rule)
    if person_id is None:
        return True
    grants = {each.project_id: each.role for each in accounts.memberships(session, person_id)}
    maker = Actor(ref="", name="", grants=cast("dict[str, Role]", grants))
    return maker.role_in(rule.project_id) in ANSWERING


def _end(
    session: Session, rule: StandingRule, by: Actor, because: RuleEnd, job_id: str | None = None
) -> None:
    # A report that uses the rule locks its problem first, so this does as well.
    memory.lock(session, rule.project_id, rule.error_signature)
    session.refresh(rule, with_for_update=True)
    if rule.revoked_at is None:
        rule.revoked_at, rule.ended_because, rule.ended_by = now(), because.value, job_id or by.name
        _tell_end(session, rule, by)
        _note(session, rule, Action.RULE_ENDED, by)


def _tell_end(session: Session, rule: StandingRule, by: Actor) -> None:
    """Put it into the log of the job whose question made the rule."""
    job = session.scalar(
        select(Job.id)
        .join(
            AgentEscalation,
            (AgentEscalation.project_id == Job.project_id) & (AgentEscalation.job_id == Job.job_id),
        )
        .where(AgentEscalation.id == rule.escalation_id)
    )
    if job is not None:
        record(
            session,
            job,
            Kind.RULE_ENDED,
            escalation_id=str(rule.escalation_id),
            error_signature=rule.error_signature,
            resolution=rule.decision or "skipped",
            ended_by=by.name,
            because=rule.ended_because,
        )
