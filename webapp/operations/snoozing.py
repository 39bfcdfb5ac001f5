"""A person puts a question off: it leaves their inbox for a while. That is no answer to anybody."""

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Forbidden, Invalid
from webapp.models import AgentEscalation, Snooze
from webapp.operations import answers, expiring
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries

_BEFORE_DEADLINE = timedelta(hours=1)


def snooze(escalation_id: uuid.UUID, until: datetime, *, by: Actor) -> datetime:
    """Keep a question out of the person's inbox until then; another time replaces it. Returns when
    it comes back: in time before its deadline. Raises Invalid for a moment that is past or too far
    away, AlreadyAnswered once nobody needs to answer."""
    if expiring.fault_of_moment(until) is not None:
        message = lazy_gettext("Choose a time from now on, within a year.")
        raise Invalid(message, {"until": str(message)})
    with transaction("snooze") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("snooze this question"))
        if not escalation.is_pending or escalation.is_held:
            raise answers.already_answered(escalation)
        back = _in_time(escalation, until)
        person = _person(by)
        _forget_past(session, person)
        values = {"person_id": person, "escalation_id": escalation.id, "until": back}
        stored = insert(Snooze).values(**values)
        session.execute(
            stored.on_conflict_do_update(
                index_elements=["person_id", "escalation_id"], set_={"until": back}
            )
        )
    return back


def wake(escalation_id: uuid.UUID, *, by: Actor) -> None:
    """Let a question come back to the person's inbox now. One that is there already stays."""
    with transaction("wake") as session:
        escalation = queries.find(session, escalation_id, by=by)
        session.execute(
            delete(Snooze).where(
                Snooze.person_id == _person(by), Snooze.escalation_id == escalation.id
            )
        )


def _in_time(escalation: AgentEscalation, until: datetime) -> datetime:
    """Not later than an hour before the deadline, or half the time that is left."""
    if escalation.deadline_at is None:
        return until
    left = escalation.deadline_at - now()
    return min(until, escalation.deadline_at - min(_BEFORE_DEADLINE, left / 2))


def _forget_past(session: Session, person: int) -> None:
    past = delete(Snooze).where(Snooze.person_id == person, Snooze.until <= now())
    session.execute(past)


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise Forbidden(lazy_gettext("Only a person has an inbox."))
    return by.person_id
