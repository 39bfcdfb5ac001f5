"""What the page about notifications shows, and who was told of a question."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import Delivery, NotificationSettings, Person, PersonalChannel
from webapp.queries import assignees, workers


@dataclass(frozen=True)
class ChannelRow:
    """A channel with the latest message to it, or None."""

    channel: PersonalChannel
    last: Delivery | None


@dataclass(frozen=True)
class Notified:
    """A message about a question, and to whom."""

    delivery: Delivery
    name: str
    kind: str


def mine(session: Session, by: Actor) -> dict[str, Any]:
    """The viewer's channels, in their order, and their settings."""
    query = select(PersonalChannel).where(PersonalChannel.person_id == by.person_id)
    rows = session.scalars(query.order_by(PersonalChannel.position, PersonalChannel.id)).all()
    last = _latest(session, [row.id for row in rows])
    person = session.get_one(Person, by.person_id)
    return {
        "channels": [ChannelRow(row, last.get(row.id)) for row in rows],
        "settings": session.get(NotificationSettings, by.person_id),
        "person": person,
        "is_away": person.away_until is not None and person.away_until > now(),
        "deputies": assignees.deputies(session, by=by),
        "messages_go_out": workers.any_heard(session.connection()),
    }


@dataclass(frozen=True)
class Pressed:
    """Whose device a message went to, and which question it was about."""

    person_id: int
    question: uuid.UUID


def pressed(session: Session, delivery: int) -> Pressed | None:
    """What is known of a message with buttons; None once its device was removed."""
    query = (
        select(PersonalChannel.person_id, Delivery.escalation_id)
        .join(PersonalChannel, PersonalChannel.id == Delivery.personal_channel_id)
        .where(Delivery.id == delivery, Delivery.escalation_id.is_not(None))
    )
    row = session.execute(query).first()
    return Pressed(row[0], row[1]) if row and row[1] else None


def _latest(session: Session, keys: Sequence[int]) -> dict[int | None, Delivery]:
    if not keys:
        return {}
    column = Delivery.personal_channel_id
    newest = select(func.max(Delivery.id)).where(column.in_(keys)).group_by(column)
    found = session.scalars(select(Delivery).where(Delivery.id.in_(newest)))
    return {row.personal_channel_id: row for row in found}


def notified(session: Session, question: uuid.UUID) -> list[Notified]:
    """Who was told of a question, when and how, and why not; the earliest first."""
    query = (
        select(Delivery, Person.name, PersonalChannel.kind)
        .join(PersonalChannel, PersonalChannel.id == Delivery.personal_channel_id)
        .join(Person, Person.id == PersonalChannel.person_id)
        .where(Delivery.escalation_id == question)
        .order_by(Delivery.id)
        .limit(50)
    )
    return [Notified(*row) for row in session.execute(query)]
