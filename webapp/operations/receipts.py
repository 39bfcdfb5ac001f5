"""What became of a decision: delivered, picked up, worked or failed."""

import uuid
from typing import Literal

from sqlalchemy import update

from webapp.actors import REPORTING, Actor
from webapp.clock import now
from webapp.errors import OTHERS, Conflict, Forbidden
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation
from webapp.operations import answers, memory, standing_rules
from webapp.operations.reports.cleaning import agent_text
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.queries import ownership, problems
from webapp.rules.excerpts import short

Stage = Literal["picked_up", "worked", "failed"]

_KINDS = {
    "picked_up": Kind.DECISION_PICKED_UP,
    "worked": Kind.DECISION_WORKED,
    "failed": Kind.DECISION_FAILED,
}


def give(
    escalation_id: uuid.UUID, stage: Stage, note: str | None = None, *, by: Actor
) -> AgentEscalation:
    """Note a stage, and the agent's words without keys. The same stage again changes nothing; a
    later outcome replaces an earlier."""
    note = agent_text(note)
    with transaction("receipt") as session:
        found = queries.find(session, escalation_id, by=by)
        rule = problems.rule_that_answered(session, found) if stage == "failed" else None
        if rule is not None:  # its end locks the problem, which comes before its questions
            memory.lock(session, found.project_id, found.error_signature)
        escalation = session.get_one(
            AgentEscalation, escalation_id, with_for_update={"key_share": True}
        )
        by.require(REPORTING, escalation.project_id, "give a receipt")
        if not ownership.waits(session, escalation, by=by):
            raise Forbidden(OTHERS)
        if not escalation.has_answer:
            raise Conflict("There is no answer yet, so there is nothing to give a receipt for.")
        if escalation.delivered_at is None:  # the answer reached it, or it could not say so
            escalation.delivered_at = now()
            answers.tell_waiters(session, escalation, Kind.DECISION_DELIVERED, note=None)
        if _note(escalation, stage, note):
            answers.tell_waiters(session, escalation, _KINDS[stage], note=short(note))
            if rule is not None:
                standing_rules.fail(session, rule, escalation.job_id)
    return escalation


def note_delivery(escalation_id: uuid.UUID) -> None:
    """Note that an answer reached an agent: the first time only."""
    with transaction() as session:
        first = session.scalar(
            update(AgentEscalation)
            .where(AgentEscalation.id == escalation_id, AgentEscalation.delivered_at.is_(None))
            .values(delivered_at=now())
            .returning(AgentEscalation)
        )
        if first is not None:
            answers.tell_waiters(session, first, Kind.DECISION_DELIVERED, note=None)


def _note(escalation: AgentEscalation, stage: Stage, note: str | None) -> bool:
    """Set what the stage sets. Returns whether that is news."""
    moment = now()
    known = escalation.picked_up_at is not None
    escalation.picked_up_at = escalation.picked_up_at or moment
    if stage == "picked_up":
        return not known
    if (escalation.outcome, escalation.outcome_note) == (stage, note):
        return False
    escalation.outcome, escalation.outcome_note, escalation.outcome_at = stage, note, moment
    return True
