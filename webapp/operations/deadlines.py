"""Deadlines: founders extend them, and the timer closes the questions whose deadline has passed."""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now, rfc3339
from webapp.disk import DiskFull
from webapp.errors import Conflict, Invalid
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import Action, AgentEscalation
from webapp.operations import answers, audit, expiring, memory
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries

_log = logging.getLogger(__name__)


def extend(escalation_id: uuid.UUID, until: datetime | None, *, by: Actor) -> AgentEscalation:
    """Give the founders more time: a later deadline, or none at all. The same once more changes
    nothing. Raises Invalid for an earlier one, Conflict where there is none, AlreadyAnswered once
    the question is closed."""
    with transaction("extend") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("extend this deadline"))
        memory.lock(session, escalation.project_id, escalation.error_signature)
        session.refresh(escalation, with_for_update={"key_share": True})
        closed = not escalation.is_pending or escalation.is_held or escalation.is_overdue
        if not closed:
            _move(session, escalation, until, by)
        elif escalation.is_overdue:
            expiring.expire(session, escalation)
    if closed:
        raise answers.already_answered(escalation)
    return escalation


def _move(session: Session, escalation: AgentEscalation, until: datetime | None, by: Actor) -> None:
    if escalation.deadline_at == until:
        return
    if escalation.deadline_at is None:
        raise Conflict(lazy_gettext("This question has no deadline to extend."))
    if until is not None:
        _require_later(escalation.deadline_at, until)
    escalation.deadline_at = until
    told = {"deadline": rfc3339(until), "extended_by": by.name}
    answers.tell_waiters(session, escalation, Kind.DEADLINE_EXTENDED, **told)
    audit.note(
        session,
        by=by,
        action=Action.DEADLINE_EXTENDED,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
        deadline=rfc3339(until) or "none",
    )


def _require_later(present: datetime, until: datetime) -> None:
    fault = "is not later than the present deadline" if until <= present else None
    if fault := fault or expiring.fault_of_moment(until):
        message = lazy_gettext("Choose a later deadline, within a year from now.")
        raise Invalid(message, {"deadline": fault})


def expire_due(aside: set[uuid.UUID] | None = None) -> int:
    """Expire every question whose deadline has passed. Safe to run anywhere, at any time, twice at
    once. Returns how many expired here. One that can't be expired is logged and joins `aside`."""
    aside = set() if aside is None else aside
    count = 0
    while (key := _next_due(aside)) is not None:
        try:
            count += _expire(key)
        except (OperationalError, InterfaceError, DiskFull):
            raise
        except Exception:
            _log.exception("the deadline of question %s cannot be kept", key)
            aside.add(key)
    return count


def next_deadline(session: Session, aside: Collection[uuid.UUID] = ()) -> datetime | None:
    """When the next question expires unless somebody answers; None where none does."""
    return session.scalar(select(func.min(AgentEscalation.deadline_at)).where(*_waits(aside)))


def _next_due(aside: Collection[uuid.UUID]) -> uuid.UUID | None:
    due = select(AgentEscalation.id).where(*_waits(aside), AgentEscalation.deadline_at <= now())
    return db.session().scalar(due.order_by(AgentEscalation.deadline_at).limit(1))


def _waits(aside: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    # An answer that can still be taken back was in time.
    return (
        AgentEscalation.status == "pending",
        AgentEscalation.deadline_at.is_not(None),
        AgentEscalation.held_until.is_(None),
        AgentEscalation.turned_at.is_(None),
        AgentEscalation.id.not_in(aside),
    )


def _expire(key: uuid.UUID) -> bool:
    with transaction("expire") as session:
        return expiring.expire(session, session.get_one(AgentEscalation, key))
