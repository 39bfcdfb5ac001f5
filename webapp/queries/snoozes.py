"""Which questions a person has put off."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, load_only

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import AgentEscalation, Snooze
from webapp.queries.scope import visible

MOST_SHOWN = 50


def is_awake(by: Actor) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a question isn't put off by whoever looks; none for who has no inbox."""
    if by.person_id is None:
        return ()
    asleep = select(Snooze.person_id).where(
        Snooze.person_id == by.person_id,
        Snooze.escalation_id == AgentEscalation.id,
        Snooze.until > now(),
    )
    return (~asleep.correlate(AgentEscalation).exists(),)


def asleep(session: Session, people: Collection[int | None]) -> dict[int | None, frozenset[str]]:
    """What each of these people has put off at this moment."""
    query = select(Snooze.person_id, Snooze.escalation_id).where(
        Snooze.person_id.in_(people), Snooze.until > now()
    )
    found: dict[int | None, set[str]] = {}
    for person_id, escalation_id in session.execute(query):
        found.setdefault(person_id, set()).add(str(escalation_id))
    return {person_id: frozenset(keys) for person_id, keys in found.items()}


def until(session: Session, escalation_id: uuid.UUID, *, by: Actor) -> datetime | None:
    """Until when the person has put the question off, or None."""
    return session.scalar(
        select(Snooze.until).where(
            Snooze.person_id == by.person_id,
            Snooze.escalation_id == escalation_id,
            Snooze.until > now(),
        )
    )


def listed(session: Session, *, by: Actor) -> Sequence[tuple[AgentEscalation, datetime]]:
    """What the person has put off, the next to come back first."""
    query = (
        select(AgentEscalation, Snooze.until)
        .join(Snooze, Snooze.escalation_id == AgentEscalation.id)
        .where(
            Snooze.person_id == by.person_id,
            Snooze.until > now(),
            AgentEscalation.status == "pending",
            AgentEscalation.held_until.is_(None),
            visible(AgentEscalation.project_id, by),
        )
        .order_by(Snooze.until, AgentEscalation.id)
        .limit(MOST_SHOWN)
        .options(load_only(AgentEscalation.plain_english_problem))
    )
    return [(row[0], row[1]) for row in session.execute(query)]
