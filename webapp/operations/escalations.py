"""What is done to escalations: open, withdraw. Their answers are in answers.py."""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import REPORTING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import OTHERS, AppError, Conflict, Forbidden, Invalid
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import AgentEscalation, EscalationWaiter
from webapp.models.escalations import NORMAL, PLAIN, WORDED
from webapp.operations import answers, expiring, jobs, memory, quotas
from webapp.operations.reports.cleaning import agent_options, agent_schema, agent_text, kept
from webapp.operations.transaction import single_statement, transaction
from webapp.queries import escalations as queries
from webapp.queries import ownership
from webapp.rules import keys, options
from webapp.rules.deadlines import fault_of_default
from webapp.rules.excerpts import short, short_options
from webapp.rules.plain_language import warnings_for

_KEYS = b"question asked with the Idempotency-Key "
"""What the ids that are made of an Idempotency-Key are made for."""

_LATER = frozenset({"callback_url", "deadline_at"})
_OPTIONAL = frozenset({"recommended", "answer_schema", "deadline_then", "text_format", "urgency"})
_OF_THE_RUN = _LATER | {"session_id", "agent_state"}
"""What an agent that was restarted sends anew, and asks the same all the same."""


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
    recommended: str | None = None
    error_message: str | None = None
    answer_schema: dict[str, Any] | None = None
    agent_state: dict[str, Any] | None = None
    callback_url: str | None = None
    deadline_at: datetime | None = None
    deadline_then: str | None = None
    text_format: str | None = None
    """`markdown`; None is plain text."""
    urgency: str | None = None
    """`critical`; None is normal."""

    def without_keys(self) -> Self:
        """The question with no key in its texts; an agent's own state is for the agent itself."""
        return replace(
            self,
            plain_english_problem=keys.without_keys(self.plain_english_problem),
            attempts_summary=[keys.without_keys(text) for text in self.attempts_summary],
            recommended_action=keys.without_keys(self.recommended_action),
            options=agent_options(self.options),
            error_message=agent_text(kept(self.error_message)),
            answer_schema=agent_schema(self.answer_schema, self.options),
        )

    def digest(self, job_id: str, project_id: str) -> str:
        """What tells a repeated creation from another question: all that the founder is asked. An
        agent that was restarted has another session and another state, and asks the same."""
        return self._hashed(job_id, project_id, without=_OF_THE_RUN)

    def digests(self, job_id: str, project_id: str) -> set[str]:
        """The digest, and the one that was stored of the same question by earlier versions."""
        return {self.digest(job_id, project_id), self._hashed(job_id, project_id, without=_LATER)}

    def _hashed(self, job_id: str, project_id: str, *, without: frozenset[str]) -> str:
        # What came later and is left out changes no digest that was stored before.
        said = {
            name: value
            for name, value in vars(self).items()
            if name not in without and (value or name not in _OPTIONAL)
        }
        content = [job_id, project_id, said]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def id_for_key(project_id: str, job_id: str, key: str, server_key: str) -> uuid.UUID:
    """The id of the question that is asked with this Idempotency-Key: the same for the same job, in
    every process, so that the primary key finds the repetition. `server_key` goes in, so that no
    other project can work the id out and take it first, or find out that it is taken."""
    said = json.dumps([project_id, job_id, key]).encode()
    return uuid.UUID(bytes=hmac.digest(server_key.encode(), _KEYS + said, "sha256")[:16], version=5)


def open_question(
    job_id: str,
    project_id: str | None,
    question: Question,
    *,
    by: Actor,
    escalation_id: uuid.UUID | None = None,
    most_open: int | None = None,
) -> tuple[AgentEscalation, bool]:
    """Open an escalation that an agent words itself. Returns it, and whether it is new.

    The same id with the same content again gives the stored one; with other content: Conflict.
    Without an id, the same content gives the one that is still pending in this job. Raises
    Conflict in a paused job, TooManyQuestions where `most_open` are pending in the project; what
    is stored already is given all the same.
    """
    project_id = jobs.project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "ask a question")
    question = question.without_keys()
    if fault := fault_of_default(question.deadline_then, question.options, question.answer_schema):
        raise Invalid(f"deadline.then {fault}.", {"deadline.then": fault})
    asked = _row(question, job_id, project_id, escalation_id)
    room = quotas.room(db.session(), project_id, job_id, most_open)
    with (transaction if room.is_scarce else single_statement)("ask") as session:
        if room.is_scarce:
            quotas.wait_for_turn(session, project_id)
            room = quotas.room(session, project_id, job_id, most_open)
        try:
            room.check()
            expiring.require(asked.deadline_at)
        except AppError:
            stored = _stored_already(session, asked, question, by=by)
            if stored is None:
                raise
            return stored, False
        while not ask(session, asked, by.opens_in(project_id), question.callback_url):
            stored = _stored_already(session, asked, question, by=by)
            if stored is not None:
                return stored, False
        return asked, True


def _row(
    question: Question, job_id: str, project_id: str, escalation_id: uuid.UUID | None
) -> AgentEscalation:
    """The question as it is stored. It isn't in a session."""
    texts = {
        "plain_english_problem": question.plain_english_problem,
        "recommended_action": question.recommended_action,
    }
    words = vars(question) | {"recommended": _recommended(question)}
    words["text_format"] = question.text_format or PLAIN
    words["urgency"] = question.urgency or NORMAL
    del words["callback_url"]
    asked = AgentEscalation(
        **words,
        id=escalation_id or uuid.uuid4(),
        job_id=job_id,
        project_id=project_id,
        content_digest=question.digest(job_id, project_id),
        question_key=None if escalation_id else question.digest(job_id, project_id),
        agent_worded=list(WORDED),
        warnings=warnings_for(texts),
    )
    asked.stored_digest = asked.digest
    return asked


def _recommended(question: Question) -> str | None:
    return options.recommended(question.options, question.recommended, question.recommended_action)


# What a question has from the beginning; the other columns come with its answer.
_COLUMNS = (
    *("id", "session_id", "job_id", "project_id", "error_type", "error_signature"),
    *("plain_english_problem", "attempts_summary", "recommended_action", "options", "status"),
    *(
        "recommended",
        "created_at",
        "category",
        "family",
        "matched_rule",
        "intent",
        "error_message",
        "warnings",
    ),
    *("agent_state", "from_report", "content_digest", "occurrences", "agent_worded", "digest"),
    *("differs_from_rule", "question_key", "answer_schema", "deadline_at", "deadline_then"),
    "text_format",
    "urgency",
)
_JSON = {"attempts_summary", "options", "warnings", "agent_state", "agent_worded", "answer_schema"}

# One statement for a question with all that belongs to it: its row, the job that it is of, made if
# it is new, its first waiter, the event; and at the limit of questions that came of failures the
# pause of the job, with an event of its own. Nothing happens when the id is taken, or the same is
# asked already.
_ASK = f"""
    with asked as (
        insert into agent_escalations ({", ".join(_COLUMNS)})
        values ({", ".join(f"%({name})s" for name in _COLUMNS)})
        on conflict do nothing returning id
    ), counted as (
        insert into jobs (project_id, job_id, session_id, created_at, last_seq, last_event_at,
            escalations_since_resume, opened_by)
        select %(project_id)s, %(job_id)s, %(session_id)s, %(created_at)s, 1, %(created_at)s,
            %(from_report)s::int, %(opened_by)s::text
        from asked
        on conflict (project_id, job_id) do update set session_id = %(session_id)s,
            opened_by = coalesce(jobs.opened_by, excluded.opened_by),
            last_event_at = %(created_at)s,
            escalations_since_resume
                = jobs.escalations_since_resume + excluded.escalations_since_resume,
            last_seq = jobs.last_seq + case when %(from_report)s
                and jobs.escalations_since_resume + 1 = %(pause_at)s then 2 else 1 end,
            state = case when %(from_report)s
                and jobs.escalations_since_resume + 1 = %(pause_at)s then 'paused'
                else jobs.state end
        returning id, last_seq,
            %(from_report)s and escalations_since_resume = %(pause_at)s as pauses
    ), waiting as (
        insert into escalation_waiters (escalation_id, job, joined_at, agent_state, callback_url)
        select asked.id, counted.id, %(created_at)s, %(agent_state)s::jsonb, %(callback_url)s
        from asked, counted
    ), entry as (
        insert into job_events (job, seq, kind, at, payload)
        select id, last_seq - pauses::int, %(kind)s, %(created_at)s, %(payload)s from counted
        union all
        select counted.id, last_seq, %(kind_of_pause)s, %(created_at)s,
            jsonb_build_object('reason', %(reason)s::text, 'escalation_ids', asked.id || array(
                select earlier.id from escalation_waiters
                join agent_escalations as earlier on earlier.id = escalation_id
                where job = counted.id and earlier.from_report
                order by earlier.created_at desc limit %(pause_at)s - 1))
        from asked, counted where pauses
    )
    select id from counted
"""  # noqa: S608 - made of the table's own column names


def ask(
    session: Session,
    asked: AgentEscalation,
    opened_by: str | None = None,
    callback_url: str | None = None,
) -> bool:
    """Store a new question, let its job wait for it, say so, and pause the job at the limit.
    Returns False, and stores nothing, when the id is taken or the same question is pending."""
    values = {name: getattr(asked, name) for name in _COLUMNS}
    values |= {name: statements.Jsonb(values[name]) for name in _JSON if values[name] is not None}
    payload = {
        "escalation_id": str(asked.id),
        "error_signature": asked.error_signature,
        "plain_english_problem": short(asked.plain_english_problem),
        "recommended_action": short(asked.recommended_action),
        "options": short_options(options.public(asked.options)),
        "recommended": asked.recommended,
        "deadline": public_deadline(asked),
    }
    counted = statements.one(
        session,
        _ASK,
        **values,
        opened_by=opened_by,
        callback_url=callback_url,
        kind=Kind.WAITING_FOR_INPUT.value,
        payload=statements.Jsonb(payload),
        pause_at=jobs.PAUSE_AT,
        kind_of_pause=Kind.BUILD_PAUSED.value,
        reason=f"{jobs.PAUSE_AT} failures became questions since the job last started.",
    )
    if counted is not None:
        log.touch(session, counted.id)
    return counted is not None


def public_deadline(asked: AgentEscalation) -> dict[str, Any] | None:
    """The deadline as events tell it."""
    if asked.deadline_at is None:
        return None
    return {"at": rfc3339(asked.deadline_at), "then": asked.deadline_then}


def _stored_already(
    session: Session, asked: AgentEscalation, question: Question, *, by: Actor
) -> AgentEscalation | None:
    """The question that is stored in the place of `asked`; None where it was closed meanwhile, so
    that it can be asked again."""
    stored = session.get(AgentEscalation, asked.id)
    if stored is None:
        same = select(AgentEscalation).where(
            AgentEscalation.question_key == asked.question_key, AgentEscalation.status == "pending"
        )
        return session.scalar(same)
    known = question.digests(asked.job_id, asked.project_id)
    if stored.content_digest not in known or by.role_in(stored.project_id) is None:
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


def withdraw(
    escalation_id: uuid.UUID, reason: str | None = None, *, by: Actor, key: str | None = None
) -> AgentEscalation:
    """The agent solved it or stopped: nobody needs to answer any more. `key` is the caller's
    Idempotency-Key: its own repetition gets the withdrawn question again."""
    with transaction("withdraw") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(REPORTING, escalation.project_id, "withdraw this question")
        if not ownership.asks(session, escalation, by=by):
            raise Forbidden(OTHERS)
        memory.lock(session, escalation.project_id, escalation.error_signature)
        reason = agent_text(reason)
        if not answers.withdraw(session, escalation, by, reason, key):
            if answers.withdrawn_by_this(escalation, by, reason, key):
                return escalation
            raise answers.already_answered(escalation)
        answers.tell_waiters(session, escalation, Kind.ESCALATION_WITHDRAWN, reason=short(reason))
    return escalation
