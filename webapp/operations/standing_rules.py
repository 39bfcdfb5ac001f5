"""“Do this by itself next time”: a founder's decision that answers the same problem again."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Invalid, NotFound
from webapp.models import AgentEscalation, StandingRule
from webapp.operations.transaction import transaction
from webapp.queries.scope import visible

MOST_DAYS = 365


def keep(session: Session, escalation: AgentEscalation, days: int, *, by: Actor) -> StandingRule:
    """Make the answer of `escalation` a rule for its signature, for so many days. It replaces an
    earlier one. Inside a transaction."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(
            f"A standing rule may last from 1 to {MOST_DAYS} days.",
            {"remember_days": f"is not a whole number from 1 to {MOST_DAYS}"},
        )
    moment = now()
    session.execute(
        update(StandingRule)
        .where(
            StandingRule.project_id == escalation.project_id,
            StandingRule.error_signature == escalation.error_signature,
            StandingRule.revoked_at.is_(None),
        )
        .values(revoked_at=moment)
    )
    labels = {option["value"]: option.get("label") for option in escalation.options}
    rule = StandingRule(
        project_id=escalation.project_id,
        error_signature=escalation.error_signature,
        decision=escalation.founder_decision,
        decision_label=labels.get(escalation.founder_decision or "") or escalation.founder_decision,
        guidance=escalation.founder_guidance,
        escalation_id=escalation.id,
        created_by=by.name,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session.add(rule)
    return rule


def revoke(rule_id: int, *, by: Actor) -> StandingRule:
    """End a rule. An ended one stays ended."""
    with transaction() as session:
        rule = session.scalar(
            select(StandingRule).where(
                StandingRule.id == rule_id, visible(StandingRule.project_id, by)
            )
        )
        if rule is None:
            raise NotFound("There is no such rule, or it belongs to a project you do not see.")
        by.require(ANSWERING, rule.project_id, "end this rule")
        rule.revoked_at = rule.revoked_at or now()
    return rule
