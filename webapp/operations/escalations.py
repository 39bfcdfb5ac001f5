"""What is done to escalations: open, answer, skip, withdraw."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import Conflict, Invalid
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.operations import jobs, memory, standing_rules
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.rules.plain_language import warnings_for


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


def resolve(
    escalation_id: uuid.UUID,
    decision: str,
    guidance: str | None = None,
    *,
    by: Actor,
    key: str | None = None,
    remember_days: int | None = None,
) -> AgentEscalation:
    """Answer. The first answer wins; a later one is Conflict with who, when and what.

    `key` is the caller's Idempotency-Key: its own repetition gets the same answer again. With
    `remember_days` the answer becomes a standing rule for this problem, for so long.
    """
    answer = {"status": "resolved", "founder_decision": decision, "founder_guidance": guidance}
    return _answer(escalation_id, answer, by=by, key=key, remember_days=remember_days)


def skip(
    escalation_id: uuid.UUID, guidance: str | None = None, *, by: Actor, key: str | None = None
) -> AgentEscalation:
    """Close without a decision: the agent goes on without this."""
    answer = {"status": "skipped", "founder_guidance": guidance}
    return _answer(escalation_id, answer, by=by, key=key)


def _answer(
    escalation_id: uuid.UUID,
    answer: dict[str, Any],
    *,
    by: Actor,
    key: str | None,
    remember_days: int | None = None,
) -> AgentEscalation:
    with transaction() as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, "answer this question")
        _check_decision(escalation, answer.get("founder_decision"))
        memory.lock(session, escalation.project_id, escalation.error_signature)
        answer |= {"resolved_by": by.name, "resolved_by_ref": by.ref, "resolve_key": key}
        if not _close(session, escalation, answer):
            if _is_repetition(escalation, answer):
                return escalation
            raise already_answered(escalation)
        memory.remember_answer(session, escalation)
        if remember_days is not None:
            standing_rules.keep(session, escalation, remember_days, by=by)
        tell_waiters(session, escalation)
    return escalation


def _check_decision(escalation: AgentEscalation, decision: str | None) -> None:
    values = [option["value"] for option in escalation.options]
    if decision is not None and values and decision not in values:
        choices = ", ".join(values)
        raise Invalid(
            f"Choose one of the options: {choices}.",
            {"decision": f"is none of the options ({choices})"},
        )


def _close(session: Session, escalation: AgentEscalation, values: dict[str, Any]) -> bool:
    """Leave `pending` by one conditional UPDATE. Returns whether this call was the one."""
    won = session.scalar(
        update(AgentEscalation)
        .where(AgentEscalation.id == escalation.id, AgentEscalation.status == "pending")
        .values(resolved_at=now(), **values)
        .returning(AgentEscalation.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(escalation)
    return won is not None


def _is_repetition(stored: AgentEscalation, answer: dict[str, Any]) -> bool:
    same = ("status", "founder_guidance", "resolved_by_ref", "resolve_key")
    return (
        answer["resolve_key"] is not None
        and all(getattr(stored, name) == answer[name] for name in same)
        and stored.founder_decision == answer.get("founder_decision")
    )


def already_answered(escalation: AgentEscalation) -> Conflict:
    """The error that tells the second one who answered, when and what."""
    label = escalation.founder_decision or escalation.status
    who, when = escalation.resolved_by or "somebody", rfc3339(escalation.resolved_at)
    verb = {"withdrawn": "withdrawn", "expired": "closed"}.get(escalation.status, "answered")
    detail = f"This question was already {verb} by {who} at {when}: {label}."
    return AlreadyAnswered(detail, escalation)


class AlreadyAnswered(Conflict):
    """The question had left `pending`; `escalation` is the stored one."""

    code, title = "already-answered", "Already answered"

    def __init__(self, detail: str, escalation: AgentEscalation) -> None:
        super().__init__(detail)
        self.escalation = escalation


def tell_waiters(session: Session, escalation: AgentEscalation) -> None:
    """Put the answer into the log of every job that waits for it."""
    waiting = select(EscalationWaiter.job).where(EscalationWaiter.escalation_id == escalation.id)
    for job in session.scalars(waiting):
        record(
            session,
            job,
            Kind.ESCALATION_RESOLVED,
            escalation_id=str(escalation.id),
            resolution=escalation.founder_decision or escalation.status,
            status=escalation.status,
            guidance=escalation.founder_guidance,
            resolved_at=rfc3339(escalation.resolved_at),
            resolved_by=escalation.resolved_by,
        )


def withdraw(escalation_id: uuid.UUID, reason: str | None = None, *, by: Actor) -> AgentEscalation:
    """The agent solved it or stopped: nobody needs to answer any more."""
    with transaction() as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(REPORTING, escalation.project_id, "withdraw this question")
        memory.lock(session, escalation.project_id, escalation.error_signature)
        values = {
            "status": "withdrawn",
            "reason": reason,
            "resolved_by": by.name,
            "resolved_by_ref": by.ref,
        }
        if not _close(session, escalation, values):
            raise already_answered(escalation)
        waiting = select(EscalationWaiter.job).where(
            EscalationWaiter.escalation_id == escalation.id
        )
        for job in session.scalars(waiting):
            key = str(escalation.id)
            record(session, job, Kind.ESCALATION_WITHDRAWN, escalation_id=key, reason=reason)
    return escalation
