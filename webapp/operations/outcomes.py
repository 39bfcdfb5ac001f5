"""What became of an answer where the agent sends no receipt: its later reports say it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, EscalationWaiter, Job, Problem
from webapp.operations import answers


def failed(session: Session, escalation_id: uuid.UUID) -> None:
    """Note that a job asks again although it had this answer. A receipt counts more. Inside a
    transaction that has the problem locked."""
    _note(session, escalation_id, "failed", Kind.DECISION_FAILED)


def worked(
    session: Session, problem: Problem, job: Job, about_tasks: Sequence[uuid.UUID] = ()
) -> None:
    """Note that the answers which this job got to the problem worked, and those about its tasks. A
    receipt counts more. Inside a transaction that has the problem locked."""
    answered = (
        select(AgentEscalation.id)
        .join(EscalationWaiter, EscalationWaiter.escalation_id == AgentEscalation.id)
        .where(
            AgentEscalation.project_id == problem.project_id,
            AgentEscalation.error_signature == problem.error_signature,
            AgentEscalation.status.in_(("resolved", "skipped")),
            AgentEscalation.outcome.is_(None),
            EscalationWaiter.job == job.id,
        )
        .order_by(AgentEscalation.id)
    )
    for escalation_id in [*session.scalars(answered), *about_tasks]:
        _note(session, escalation_id, "worked", Kind.DECISION_WORKED)


def _note(session: Session, escalation_id: uuid.UUID, outcome: str, kind: Kind) -> None:
    moment = now()
    first = session.scalar(
        update(AgentEscalation)
        .where(AgentEscalation.id == escalation_id, AgentEscalation.outcome.is_(None))
        .values(outcome=outcome, outcome_at=moment)
        .returning(AgentEscalation)
    )
    if first is not None:
        answers.tell_waiters(session, first, kind, note=None)
