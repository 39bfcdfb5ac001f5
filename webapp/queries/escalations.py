"""Reads of escalations."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, defer, load_only
from sqlalchemy.orm.interfaces import ORMOption

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import NotFound
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import visible
from webapp.queries.snoozes import is_awake

UNKNOWN = lazy_gettext(
    "Question not found. It may not exist, or you may not have access to its project."
)

_OLDEST: Final = (AgentEscalation.created_at, AgentEscalation.id)


@dataclass(frozen=True)
class Waiting:
    """How many jobs wait or waited for a question, and the one that asked it, if it does."""

    count: int
    asker: Job | None


def narrow(entity: Any = AgentEscalation) -> tuple[ORMOption, ...]:
    """Leave out what only the page of a question shows: each of these may be 100 kB in one row."""
    wide = (entity.error_message, entity.agent_state, entity.attempts_summary)
    return tuple(defer(column, raiseload=True) for column in wide)


def find(session: Session, escalation_id: uuid.UUID, *, by: Actor) -> AgentEscalation:
    """The escalation, or NotFound when it does not exist or the caller may not see it."""
    found = session.scalar(
        select(AgentEscalation).where(
            AgentEscalation.id == escalation_id, visible(AgentEscalation.project_id, by)
        )
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def listed(
    session: Session,
    *,
    by: Actor,
    project_id: str | None = None,
    job_id: str | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AgentEscalation]:
    """Escalations, oldest first."""
    query = select(AgentEscalation).where(visible(AgentEscalation.project_id, by))
    for column, value in (
        (AgentEscalation.project_id, project_id),
        (AgentEscalation.job_id, job_id),
        (AgentEscalation.status, status),
    ):
        if value is not None:
            query = query.where(column == value)
    return keyset(session, query, _OLDEST, limit, cursor)


def waiting_count(session: Session, *, by: Actor) -> int:
    """How many questions wait for somebody to answer."""
    return session.scalar(select(func.count()).where(*waits(by))) or 0


def waits(by: Actor) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a question waits for somebody to answer."""
    # One whose answer is held is pending for its agent, and needs nobody any more.
    return (
        AgentEscalation.status == "pending",
        AgentEscalation.held_until.is_(None),
        visible(AgentEscalation.project_id, by),
        *is_awake(by),
    )


def next_release(session: Session, aside: Collection[uuid.UUID] = ()) -> datetime | None:
    """When the next held answer is due, whosoever it is; None when none is held. Those of the
    questions `aside` are passed over."""
    held = select(func.min(AgentEscalation.held_until))
    return session.scalar(
        held.where(AgentEscalation.held_until.is_not(None), AgentEscalation.id.not_in(aside))
    )


def latest_held(session: Session, *, by: Actor) -> AgentEscalation | None:
    """The question that the actor answered last, as long as the answer is held."""
    query = (
        select(AgentEscalation)
        .where(
            AgentEscalation.held_until > now(),
            AgentEscalation.held["by_ref"].astext == by.ref,
            visible(AgentEscalation.project_id, by),
        )
        .order_by(AgentEscalation.held_until.desc())
        .limit(1)
        .options(*narrow())
    )
    return session.scalar(query)


def asked_again(session: Session, escalation: AgentEscalation) -> AgentEscalation | None:
    """Return the question that the same job asked about the same problem after an answer that
    failed, or None."""
    if escalation.outcome != "failed" or escalation.resolved_at is None:
        return None
    query = (
        select(AgentEscalation)
        .options(load_only(AgentEscalation.id, AgentEscalation.status))
        .where(
            AgentEscalation.error_signature == escalation.error_signature,
            AgentEscalation.project_id == escalation.project_id,
            AgentEscalation.job_id == escalation.job_id,
            AgentEscalation.created_at > escalation.resolved_at,
        )
        .order_by(*_OLDEST)
        .limit(1)
    )
    return session.scalar(query)


def waiting_jobs(session: Session, escalation_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Waiting]:
    """How many jobs wait for each of the questions. A thousand are counted, and not read."""
    if not escalation_ids:
        return {}
    count = (
        select(func.count())
        .where(EscalationWaiter.escalation_id == AgentEscalation.id)
        .scalar_subquery()
    )
    asks = and_(
        Job.project_id == AgentEscalation.project_id,
        Job.job_id == AgentEscalation.job_id,
        exists().where(
            EscalationWaiter.escalation_id == AgentEscalation.id, EscalationWaiter.job == Job.id
        ),
    )
    query = (
        select(AgentEscalation.id, count, Job)
        .outerjoin(Job, asks)
        .where(AgentEscalation.id.in_(escalation_ids))
    )
    return {key: Waiting(waiting, asker) for key, waiting, asker in session.execute(query)}


def first_waiters(session: Session, escalation_id: uuid.UUID, limit: int) -> Sequence[Job]:
    """The jobs that wait for the question, in the order in which they joined."""
    query = (
        select(Job)
        .join(EscalationWaiter, EscalationWaiter.job == Job.id)
        .where(EscalationWaiter.escalation_id == escalation_id)
        .order_by(EscalationWaiter.joined_at, Job.id)
    )
    return session.scalars(query.limit(limit)).all()
