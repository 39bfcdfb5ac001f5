"""Who did what: read by the owners of a project, and of the desk."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlencode

from flask_babel import lazy_gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, load_only

from webapp.actors import ALL_PROJECTS, Actor
from webapp.errors import Forbidden
from webapp.models import AgentEscalation, AuditEvent, Membership, Person
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import of_owner, visible

_MOST_PEOPLE: Final = 500


@dataclass(frozen=True)
class Filters:
    """What is looked for; what is empty does not matter. `person` is the reference of an actor,
    such as `person:7`."""

    person: str = ""
    action: str = ""

    def query(self) -> str:
        """The filters as the part of an address behind the question mark."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


def check(by: Actor) -> None:
    """Raise Forbidden unless the caller owns something."""
    if not by.owns_something:
        raise Forbidden(
            lazy_gettext("Only owners can read the audit log. Ask an owner of your project.")
        )


def listed(
    session: Session, filters: Filters, *, by: Actor, limit: int, cursor: str | None = None
) -> Page[AuditEvent]:
    """What fits the filters in the caller's own projects, the latest first."""
    check(by)
    query = select(AuditEvent).where(of_owner(AuditEvent.project_id, by))
    if filters.person:
        query = query.where(AuditEvent.actor_ref == filters.person)
    if filters.action:
        query = query.where(AuditEvent.action == filters.action)
    order = (AuditEvent.at, AuditEvent.id)
    return keyset(session, query, order, limit, cursor, newest_first=True, key_type=int)


def people(session: Session, *, by: Actor) -> list[tuple[str, str]]:
    """The references and names of the members of the caller's own projects."""
    mine = or_(of_owner(Membership.project_id, by), Membership.project_id == ALL_PROJECTS)
    members = select(Membership.person_id).where(mine)
    query = select(Person.id, Person.name).where(Person.id.in_(members))
    found = session.execute(query.order_by(Person.name, Person.id).limit(_MOST_PEOPLE))
    return [(f"person:{number}", name) for number, name in found]


def names(session: Session, rows: Iterable[AuditEvent]) -> dict[str, str]:
    """The present names of the people to whom something was done."""
    numbers = {
        int(row.subject.removeprefix("person:"))
        for row in rows
        if row.subject.startswith("person:") and row.subject.removeprefix("person:").isdecimal()
    }
    if not numbers:
        return {}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(numbers)))
    return {f"person:{number}": name for number, name in found}


def questions(
    session: Session, rows: Iterable[AuditEvent], *, by: Actor
) -> dict[str, AgentEscalation]:
    """The questions that are spoken of, by the subject that names each: their words and options."""
    subjects = {row.subject for row in rows if row.subject.startswith("question:")}
    if not subjects:
        return {}
    keys = [uuid.UUID(subject.removeprefix("question:")) for subject in subjects]
    query = select(AgentEscalation).where(
        AgentEscalation.id.in_(keys), visible(AgentEscalation.project_id, by)
    )
    words = load_only(AgentEscalation.plain_english_problem, AgentEscalation.options)
    return {f"question:{found.id}": found for found in session.scalars(query.options(words))}
