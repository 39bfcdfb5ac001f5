"""What is done to escalations: open, withdraw. Their answers are in answers.py."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import REPORTING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.operations import answers, jobs, memory
from webapp.operations.answers import AlreadyAnswered, already_answered, resolve, skip
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.rules.plain_language import warnings_for

__all__ = ["AlreadyAnswered", "already_answered", "resolve", "skip"]


@dataclass(frozen=True)
class Question:
    """What an agent asks. The names are those of CONTRACT.md."""

    session_id: str
    error_type: str
    error_signature: str
    plain_english_problem: str
    attempts_summary: list[str] = field(default_factory=list)
    recommended_action: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    error_message: str | None = None
    agent_state: dict[str, Any] | None = None

    def digest(self, job_id: str, project_id: str) -> str:
        """What tells a repeated creation from another one under the same id."""
        content = [job_id, project_id, asdict(self)]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def open_question(
    job_id: str,
    project_id: str | None,
    question: Question,
    *,
    by: Actor,
    escalation_id: uuid.UUID | None = None,
) -> tuple[AgentEscalation, bool]:
    """Open an escalation that an agent words itself. Returns it, and whether it is new.

    The same id with the same content again gives the stored one; with other content: Conflict.
    """
    with transaction() as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "ask a question")
        job = jobs.ensure(session, project_id, job_id, question.session_id)
        texts = {
            "plain_english_problem": question.plain_english_problem,
            "recommended_action": question.recommended_action,
        }
        asked = AgentEscalation(
            **asdict(question),
            id=escalation_id or uuid.uuid4(),
            job_id=job_id,
            project_id=project_id,
            content_digest=question.digest(job_id, project_id),
            warnings=warnings_for(texts),
        )
        escalation = insert_new(session, asked)
        if escalation is None:
            return _stored_already(session, asked, by=by), False
        announce(session, escalation, job, question.agent_state)
    return escalation, True


def insert_new(session: Session, asked: AgentEscalation) -> AgentEscalation | None:
    """Insert the row and return it, or None when its id is taken; the key decides the race."""
    columns = AgentEscalation.__table__.columns
    statement = (
        insert(AgentEscalation)
        .values({column.name: getattr(asked, column.name) for column in columns})
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(AgentEscalation)
    )
    stored: AgentEscalation | None = session.scalar(
        select(AgentEscalation).from_statement(statement)
    )
    return stored


def _stored_already(session: Session, asked: AgentEscalation, *, by: Actor) -> AgentEscalation:
    stored = session.get_one(AgentEscalation, asked.id)
    if stored.content_digest != asked.content_digest or by.role_in(stored.project_id) is None:
        raise Conflict("This id was used for another question. Send a new UUID, or leave it out.")
    return stored


def announce(
    session: Session, escalation: AgentEscalation, job: Job, agent_state: dict[str, Any] | None
) -> bool:
    """Let the job wait for a new escalation and say so. Returns whether that paused the job."""
    add_waiter(session, escalation, job, agent_state)
    record(
        session,
        job.id,
        Kind.WAITING_FOR_INPUT,
        escalation_id=str(escalation.id),
        error_signature=escalation.error_signature,
        plain_english_problem=escalation.plain_english_problem,
        recommended_action=escalation.recommended_action,
        options=escalation.options,
    )
    return jobs.count_escalation(session, job)


def add_waiter(
    session: Session, escalation: AgentEscalation, job: Job, agent_state: dict[str, Any] | None
) -> bool:
    """Let a job wait for the answer. Returns whether it did not wait already."""
    values = {
        "escalation_id": escalation.id,
        "job": job.id,
        "joined_at": now(),
        "agent_state": agent_state,
    }
    added = insert(EscalationWaiter).values(**values).on_conflict_do_nothing()
    return bool(session.scalar(added.returning(EscalationWaiter.job)))


def withdraw(escalation_id: uuid.UUID, reason: str | None = None, *, by: Actor) -> AgentEscalation:
    """The agent solved it or stopped: nobody needs to answer any more."""
    with transaction() as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(REPORTING, escalation.project_id, "withdraw this question")
        memory.lock(session, escalation.project_id, escalation.error_signature)
        if not answers.leave_pending(session, escalation, by, status="withdrawn", reason=reason):
            raise answers.already_answered(escalation)
        answers.tell_waiters(session, escalation, Kind.ESCALATION_WITHDRAWN, reason=reason)
    return escalation
