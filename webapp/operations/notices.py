"""What owners are told until they dismiss it: that somebody has become an owner."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.models import Membership, OwnerNotice
from webapp.operations.sessions import own_id
from webapp.operations.transaction import transaction


def tell_owners(session: Session, person_id: int, project_id: str, *, by: Actor) -> None:
    """Tell every other owner that the person now owns the project, in the caller's transaction.

    Whoever made them an owner is told as well: the browser that did it may have been a found one.
    """
    owners = select(Membership.person_id).where(
        Membership.role == "owner", Membership.person_id != person_id
    )
    if project_id != ALL_PROJECTS:  # an owner of all projects is a new owner of each
        places = (project_id, ALL_PROJECTS)
        owners = owners.where(or_(*(Membership.project_id == place for place in places)))
    for owner in set(session.scalars(owners)):
        session.add(
            OwnerNotice(
                person_id=owner,
                new_owner_id=person_id,
                project_id=project_id,
                made_by=by.name,
                at=now(),
            )
        )


def dismiss(notice_id: int, *, by: Actor) -> None:
    """Show the caller this notice no longer. One that is gone already is no error."""
    with transaction("dismiss_notice") as session:
        mine = OwnerNotice.id == notice_id, OwnerNotice.person_id == own_id(by)
        session.execute(delete(OwnerNotice).where(*mine))
