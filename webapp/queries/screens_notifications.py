"""What the page about notifications shows, and who was told of a question."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.models import Delivery, Membership, NotificationSettings, Person, PersonalChannel
from webapp.queries import assignees, workers
from webapp.queries.pages import keyset
from webapp.queries.scope import of_owner, owned

SHOWN: Final = 50


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


@dataclass(frozen=True)
class LogRow:
    """A message to a person, and to whom; `address` (a device's name) only where the reader is that
    person. `said` is what the provider said; without the address for anybody else."""

    delivery: Delivery
    name: str
    kind: str
    address: str | None
    said: str | None


def log(
    session: Session,
    by: Actor,
    *,
    channel: str | None = None,
    state: str | None = None,
    person: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the messages to the viewer, and of those about questions of the projects that the
    viewer owns; the latest first. With what the filters offer."""
    mine = PersonalChannel.person_id == by.person_id
    seen = or_(mine, Delivery.escalation_id.is_not(None) & of_owner(Delivery.project_id, by))
    to = PersonalChannel.id == Delivery.personal_channel_id
    query = select(Delivery).join(PersonalChannel, to).where(seen)
    if channel is not None:
        query = query.where(Delivery.channel == channel)
    if state is not None:
        query = query.where(Delivery.state == state)
    if person is not None:
        query = query.where(PersonalChannel.person_id == person)
    order = (Delivery.created_at, Delivery.id)
    found = keyset(session, query, order, SHOWN, cursor, newest_first=True, key_type=int)
    return {
        "rows": _log_rows(session, by, found.rows),
        "older": found.next_cursor,
        "people": _people(session, by),
    }


def _log_rows(session: Session, by: Actor, found: Sequence[Delivery]) -> list[LogRow]:
    keys = {row.personal_channel_id for row in found}
    names = select(PersonalChannel, Person.name).join(
        Person, Person.id == PersonalChannel.person_id
    )
    to = {
        channel.id: (channel, name)
        for channel, name in session.execute(names.where(PersonalChannel.id.in_(keys)))
    }
    rows = []
    for row in found:
        if row.personal_channel_id not in to:
            continue  # it was removed meanwhile
        channel, name = to[row.personal_channel_id]
        if channel.person_id == by.person_id:
            address, said = channel.name or channel.address, row.provider_answer
        else:
            address, said = None, _without(channel.address, row.provider_answer)
        rows.append(LogRow(row, name, channel.kind, address, said))
    return rows


def _without(address: str, said: str | None) -> str | None:
    """What a provider said of an address, without it and without its part before the @: mail
    servers repeat what they refuse."""
    if not said or not address:
        return said
    named = f"{re.escape(address)}|{re.escape(address.partition('@')[0])}"
    return re.sub(named, "…", said, flags=re.IGNORECASE)


def _people(session: Session, by: Actor) -> list[tuple[int, str]]:
    """Whose messages the viewer may read: those with a channel, by name."""
    members = select(Membership.person_id).where(of_owner(Membership.project_id, by))
    everywhere = select(Membership.person_id).where(Membership.project_id == ALL_PROJECTS)
    theirs = Person.id.in_(members) | Person.id.in_(everywhere) if owned(by) else false()
    query = select(Person.id, Person.name).where(
        (Person.id == by.person_id) | theirs,
        Person.id.in_(select(PersonalChannel.person_id)),
    )
    return [(key, name) for key, name in session.execute(query.order_by(Person.name, Person.id))]


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
