"""A question is closed by its deadline: with the default that the agent agreed to, or without one.

The row lock of the question decides between the deadline and an answer. What a deadline decides is
no person's answer: it is never remembered for the problem.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.errors import Invalid
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation
from webapp.operations import closing, handed, memory

RESOLVED_BY: Final = "deadline"
FURTHEST: Final = timedelta(days=366)
"""How far in the future a deadline can be."""


def fault_of_moment(at: datetime) -> str | None:
    """What is wrong with `at` as a deadline from now on, or None."""
    if at <= now():
        return "is in the past: send a later moment"
    if at > now() + FURTHEST:
        return f"is too far away: at most {FURTHEST.days} days from now"
    return None


def require(at: datetime | None) -> None:
    """Raise Invalid for a deadline that a new question can't have."""
    if at is not None and (fault := fault_of_moment(at)):
        raise Invalid(f"deadline.at {fault}.", {"deadline.at": fault})


def expire(session: Session, escalation: AgentEscalation) -> bool:
    """Close a question whose deadline has passed, and tell the jobs that wait. Returns whether it
    was closed here: not if it was answered or extended meanwhile. Inside a transaction that holds
    no lock yet, or that of the problem."""
    memory.lock(session, escalation.project_id, escalation.error_signature)
    moment = now()
    won = session.scalar(
        update(AgentEscalation)
        .where(
            AgentEscalation.id == escalation.id,
            AgentEscalation.status == "pending",
            # An answer that can still be taken back was in time: it counts.
            AgentEscalation.held_until.is_(None),
            AgentEscalation.turned_at.is_(None),  # it rests while the agent has to reply
            AgentEscalation.deadline_at <= moment,
        )
        .values(
            status="expired",
            founder_decision=AgentEscalation.deadline_then,
            resolved_at=moment,
            resolved_by=RESOLVED_BY,
            resolved_by_ref=RESOLVED_BY,
            held=None,
            held_until=None,
        )
        .returning(AgentEscalation.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(escalation)
    if won is None:
        return False
    if escalation.answer_schema is not None:
        handed.wipe_unused(session, escalation, None)
    told = closing.payload_of(escalation, vars(escalation))
    del told["escalation_id"], told["rule_maker"]
    closing.tell_waiters(session, escalation, Kind.ESCALATION_EXPIRED, **told)
    return True
