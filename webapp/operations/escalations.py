"""What is done to escalations: open, withdraw. Their answers are in answers.py."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from webapp.actors import REPORTING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, EscalationWaiter
from webapp.operations import answers, jobs, memory
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
    with transaction("ask") as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "ask a question")
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
        if ask(session, asked) or _by_a_new_job(session, asked):
            return asked, True
        return _stored_already(session, asked, by=by), False


def _by_a_new_job(session: Session, asked: AgentEscalation) -> bool:
    jobs.ensure(session, asked.project_id, asked.job_id, asked.session_id)
    return ask(session, asked)


# One statement for a question with all that belongs to it: its row, its first waiter, the count
# of the job's questions and the event. Nothing happens when the job is unknown or the id taken.
_COLUMNS = [column.name for column in AgentEscalation.__table__.columns]
_ASK = text(
    f"""
    with job as (
        select id from jobs where project_id = :project_id and job_id = :job_id
    ), asked as (
        insert into agent_escalations ({", ".join(_COLUMNS)})
        select {", ".join(f":{name}" for name in _COLUMNS)} from job
        on conflict (id) do nothing returning id
    ), waiting as (
        insert into escalation_waiters (escalation_id, job, joined_at, agent_state)
        select asked.id, job.id, :created_at, :agent_state from asked, job
    ), counted as (
        update jobs set last_seq = last_seq + 1, last_event_at = :created_at,
            session_id = :session_id, escalations_since_resume = escalations_since_resume + 1
        from asked, job where jobs.id = job.id
        returning jobs.id, jobs.last_seq, jobs.escalations_since_resume, jobs.state
    ), entry as (
        insert into job_events (job, seq, kind, at, payload)
        select id, last_seq, :kind, :created_at, :payload from counted
    )
    select id, escalations_since_resume, state from counted
    """  # noqa: S608 - made of the table's own column names
).bindparams(
    *(bindparam(column.name, type_=column.type) for column in AgentEscalation.__table__.columns),
    bindparam("payload", type_=JSONB),
)


def ask(session: Session, asked: AgentEscalation) -> bool:
    """Store a new question of a known job, let the job wait for it, say so, and pause the job at
    the limit. Returns False, and stores nothing, when the id is taken or the job unknown."""
    values = {name: getattr(asked, name) for name in _COLUMNS}
    payload = {
        "escalation_id": str(asked.id),
        "error_signature": asked.error_signature,
        "plain_english_problem": asked.plain_english_problem,
        "recommended_action": asked.recommended_action,
        "options": asked.options,
    }
    event = {"kind": Kind.WAITING_FOR_INPUT.value, "payload": payload}
    counted = session.execute(_ASK, values | event).first()
    if counted is None:
        return False
    log.touch(session, counted.id)
    if counted.escalations_since_resume >= jobs.PAUSE_AT and counted.state != "paused":
        jobs.pause(session, counted.id, counted.escalations_since_resume)
    return True


def _stored_already(session: Session, asked: AgentEscalation, *, by: Actor) -> AgentEscalation:
    stored = session.get_one(AgentEscalation, asked.id)
    if stored.content_digest != asked.content_digest or by.role_in(stored.project_id) is None:
        raise Conflict("This id was used for another question. Send a new UUID, or leave it out.")
    return stored


def add_waiter(
    session: Session, escalation: AgentEscalation, job: int, agent_state: dict[str, Any] | None
) -> bool:
    """Let a job wait for the answer. Returns whether it did not wait already."""
    values = {
        "escalation_id": escalation.id,
        "job": job,
        "joined_at": now(),
        "agent_state": agent_state,
    }
    added = insert(EscalationWaiter).values(**values).on_conflict_do_nothing()
    return bool(session.scalar(added.returning(EscalationWaiter.job)))


def withdraw(escalation_id: uuid.UUID, reason: str | None = None, *, by: Actor) -> AgentEscalation:
    """The agent solved it or stopped: nobody needs to answer any more."""
    with transaction("withdraw") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(REPORTING, escalation.project_id, "withdraw this question")
        memory.lock(session, escalation.project_id, escalation.error_signature)
        if not answers.leave_pending(session, escalation, by, status="withdrawn", reason=reason):
            raise answers.already_answered(escalation)
        answers.tell_waiters(session, escalation, Kind.ESCALATION_WITHDRAWN, reason=reason)
    return escalation
