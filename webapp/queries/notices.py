"""Reads of what owners are told until they dismiss it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.models import OwnerNotice, Person

_MOST = 5


@dataclass(frozen=True)
class Notice:
    """Somebody became an owner of the project, or of all (`*`); `made_by` is the name of who did
    it, which is their own where they accepted an invitation."""

    id: int
    name: str
    project_id: str
    made_by: str


def listed(session: Session, *, by: Actor) -> list[Notice]:
    """Those that the caller has not dismissed, the first one first. Only owners have any."""
    if not by.owns_something:
        return []
    query = (
        select(OwnerNotice.id, Person.name, OwnerNotice.project_id, OwnerNotice.made_by)
        .join(Person, Person.id == OwnerNotice.new_owner_id)
        .where(OwnerNotice.person_id == by.person_id)
        .order_by(OwnerNotice.id)
        .limit(_MOST)
    )
    return [Notice(*row) for row in session.execute(query)]
