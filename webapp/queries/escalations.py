"""Reads of escalations."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, defer, load_only
from sqlalchemy.orm.interfaces import ORMOption

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import NotFound
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.queries.pages import Page, decode, keyset
from webapp.queries.scope import visible

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


# What an error said and what an agent keeps may be a hundred kilobytes each, of fifty questions.
_ON_A_CARD = load_only(
    AgentEscalation.id,
    AgentEscalation.job_id,
    AgentEscalation.project_id,
    AgentEscalation.plain_english_problem,
    AgentEscalation.recommended_action,
    AgentEscalation.recommended,
    AgentEscalation.options,
    AgentEscalation.answer_schema,
    AgentEscalation.status,
    AgentEscalation.founder_decision,
    AgentEscalation.created_at,
    raiseload=True,
)


def waiting(
    session: Session, *, by: Actor, limit: int, cursor: str | None = None
) -> Page[AgentEscalation]:
    """The questions that wait for somebody to answer, oldest first, as far as a card shows them."""
    query = select(AgentEscalation).where(*_waits(by)).options(_ON_A_CARD)
    return keyset(session, query, _OLDEST, limit, cursor)


def waiting_count(session: Session, *, by: Actor, until: str | None = None) -> int:
    """How many questions wait for somebody to answer; `until` counts only those up to a cursor."""
    query = select(func.count()).where(*_waits(by))
    if until:
        query = query.where(tuple_(*_OLDEST) <= tuple_(*decode(until, uuid.UUID)))
    return session.scalar(query) or 0


def _waits(by: Actor) -> tuple[ColumnElement[bool], ...]:
    # One whose answer is held is pending for its agent, and needs nobody any more.
    return (
        AgentEscalation.status == "pending",
        AgentEscalation.held_until.is_(None),
        visible(AgentEscalation.project_id, by),
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


def next_pending(
    session: Session, *, by: Actor, after: uuid.UUID | None = None
) -> AgentEscalation | None:
    """The question that has been waiting longest; with `after`, the next in line behind that one,
    and from the last one the first again."""
    if after is not None:
        mine = (AgentEscalation.id == after, visible(AgentEscalation.project_id, by))
        here = select(*_OLDEST).where(*mine)
        later = tuple_(*_OLDEST) > here.scalar_subquery()
        query = select(AgentEscalation).where(*_waits(by), later).order_by(*_OLDEST).limit(1)
        if (found := session.scalar(query)) is not None:
            return found
    return next(iter(waiting(session, by=by, limit=1).rows), None)


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
