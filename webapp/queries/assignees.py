"""Who may answer in a project, and whose question one is."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, ANSWERING, Actor
from webapp.models import AgentEscalation, Membership, Person

MOST = 200


def able(session: Session, project_id: str) -> dict[int, str]:
    """The people who may answer there, by name: id and name."""
    member = select(Membership.person_id).where(
        Membership.project_id.in_((project_id, ALL_PROJECTS)), Membership.role.in_(ANSWERING)
    )
    return _by_name(session, Person.id.in_(member))


def names(session: Session, rows: Iterable[AgentEscalation]) -> dict[int | None, str]:
    """The names of the people to whom some of these questions are assigned."""
    people = {row.assigned_to for row in rows if row.assigned_to is not None}
    if not people:
        return {}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name for row in found}


def deputies(session: Session, *, by: Actor) -> dict[int, str]:
    """The others who may answer where the caller may, by name: id and name."""
    places = [name for name, role in by.grants.items() if role in ANSWERING]
    if not places:
        return {}
    member = select(Membership.person_id).where(Membership.role.in_(ANSWERING))
    if ALL_PROJECTS not in places:
        member = member.where(Membership.project_id.in_([*places, ALL_PROJECTS]))
    return _by_name(session, Person.id.in_(member), Person.id != by.person_id)


def _by_name(session: Session, *conditions: ColumnElement[bool]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(*conditions)
    rows = session.execute(query.order_by(Person.name, Person.id).limit(MOST))
    return {row.id: row.name for row in rows}
