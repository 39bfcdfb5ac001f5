"""Reads of members and invitations. An address is for the owners of that project alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, not_, or_, select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.models import Invitation, Membership, Person
from webapp.queries.scope import of_owner, visible

MOST = 500


@dataclass(frozen=True)
class Member:
    """Somebody in a project (or in all, `*`). `email` is None for who is no owner of it, and only
    an owner may change the role, and only who owns all that they are in may sign them out, and
    confirm `wanted_email`, the address that they asked for."""

    person_id: int
    name: str
    email: str | None
    project_id: str
    role: str
    may_change: bool
    may_sign_out: bool
    wanted_email: str | None


def listed(session: Session, *, by: Actor) -> list[Member]:
    """Who is in the caller's projects: those of all projects first, then project by project."""
    query = (
        select(Membership, Person.name, Person.email, Person.wanted_email)
        .join(Person, Person.id == Membership.person_id)
        .where(or_(visible(Membership.project_id, by), Membership.project_id == ALL_PROJECTS))
        .order_by(
            case((Membership.project_id == ALL_PROJECTS, 0), else_=1),
            Membership.project_id,
            Person.name,
            Person.id,
        )
        .limit(MOST)
    )
    rows = session.execute(query).all()
    others = beyond(session, {member.person_id for member, *_ in rows}, by=by)
    return [_member(by, *row, others) for row in rows]


def beyond(session: Session, person_ids: Collection[int], *, by: Actor) -> set[int]:
    """Those of the people who are also in a project that the caller does not own."""
    query = select(Membership.person_id).where(
        Membership.person_id.in_(person_ids), not_(of_owner(Membership.project_id, by))
    )
    return set(session.scalars(query))


def _member(
    by: Actor,
    membership: Membership,
    name: str,
    email: str,
    wanted_email: str | None,
    others: Collection[int],
) -> Member:
    owner = by.role_in(membership.project_id) == "owner"
    return Member(
        membership.person_id,
        name,
        email if owner else None,
        membership.project_id,
        membership.role,
        owner,
        owner and membership.person_id not in others and membership.person_id != by.person_id,
        wanted_email if owner else None,
    )


def invitations(session: Session, *, by: Actor) -> Sequence[Invitation]:
    """The open invitations to the caller's own projects, the latest first."""
    query = select(Invitation).where(
        Invitation.closed_at.is_(None), of_owner(Invitation.project_id, by)
    )
    return session.scalars(query.order_by(Invitation.id.desc()).limit(MOST)).all()


def invitation(session: Session, secret_hash: str) -> tuple[Invitation, Person | None] | None:
    """The invitation that can still be accepted by that link, and who is known by its address."""
    in_a_project = select(Membership.person_id).where(Membership.person_id == Person.id).exists()
    query = (
        select(Invitation, Person)
        .outerjoin(Person, (Person.email == Invitation.email) & in_a_project)
        .where(
            Invitation.secret_hash == secret_hash,
            Invitation.closed_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])
