"""What is done to members: another role, or out of the project. A project always keeps an owner."""

from typing import Final, get_args

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, OWNING, Actor, Role
from webapp.clock import now
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.models import (
    Action,
    BrowserSession,
    Invitation,
    Membership,
)
from webapp.operations import audit, notices, proofs, signed_out, standing_rules, ways_in
from webapp.operations.sessions import require_proof
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.queries import members as queries

ROLES: Final = tuple(role for role in get_args(Role) if role != "agent")

_LOCK: Final = 7_164_002  # an arbitrary key: who is in which project changes one at a time


def change_role(
    person_id: int, project_id: str, role: str, *, by: Actor, session_secret: str = ""
) -> Membership:
    """Give a member another role. The role that they have already changes nothing. `session_secret`
    is of the caller's browser, in which they proved who they are a short while ago."""
    wanted = plain_role(role)
    with transaction("change_role") as session:
        guard(session, project_id, by)
        require_proof(session, session_secret, by)
        member = _find(session, person_id, project_id)
        if wanted != "owner":
            _keep_an_owner(session, member)
            _close_invitations(session, member)
        earlier, member.role = member.role, wanted
        if earlier != wanted:
            _note(session, member, Action.MEMBER_CHANGED, by, wanted)
            session.flush()
            standing_rules.end_of_person(session, person_id, by=by)
        if wanted == "owner" != earlier:
            notices.tell_owners(session, person_id, project_id, by=by)
    return member


def remove(person_id: int, project_id: str, *, by: Actor, session_secret: str = "") -> None:
    """Take a member out of the project, with the same proof. Their standing rules end there. Who is
    in none any more is signed out for good."""
    with transaction("remove_member") as session:
        guard(session, project_id, by)
        require_proof(session, session_secret, by)
        member = _find(session, person_id, project_id)
        _keep_an_owner(session, member)
        _close_invitations(session, member)
        _note(session, member, Action.MEMBER_REMOVED, by)
        session.delete(member)
        session.flush()
        standing_rules.end_of_person(session, person_id, by=by)
        if not accounts.memberships(session, person_id):
            ways_in.end_all(session, person_id, by=by)


def sign_out(person_id: int, project_id: str, *, by: Actor) -> None:
    """End all sessions of a member, as when they lost a device. They can sign in again. Only for
    who owns all that the member is in: others would lose access that is not the caller's."""
    with transaction("sign_member_out") as session:
        owner = guard(session, project_id, by)
        member = _find(session, person_id, project_id)
        if person_id in queries.beyond(session, [person_id], by=owner):
            raise Forbidden(
                _("They're also in projects you don't own. Ask an owner of all projects.")
            )
        theirs = update(BrowserSession).where(
            BrowserSession.person_id == person_id, BrowserSession.ended_at.is_(None)
        )
        session.execute(theirs.values(ended_at=now()))
        signed_out.forget_devices(session)
        signed_out.forget_addresses_of_others(session, person_id, by=by)
        signed_out.forget_chats(session, person_id)
        proofs.forget(session, person_id)
        _note(session, member, Action.MEMBER_SIGNED_OUT, by)


def guard(session: Session, project_id: str, by: Actor) -> Actor:
    """Wait for one's turn, then see whether the caller is an owner: still, because another owner
    may just have removed them. Returns them as they are now."""
    wait_for_turn(session)
    if by.person_id is not None:
        found = accounts.memberships(session, by.person_id)
        by = Actor(by.ref, by.name, {each.project_id: plain_role(each.role) for each in found})
        if not found:
            raise Forbidden(_("You're no longer in any project. Ask an owner to invite you."))
    by.require(OWNING, project_id, "say who is in this project")
    return by


def wait_for_turn(session: Session) -> None:
    """Until this transaction ends, nobody else changes who is in which project."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def plain_role(role: str) -> Role:
    """The role of that name that a person may have, or Invalid."""
    found: Role | None = next((known for known in ROLES if known == role), None)
    if found is None:
        raise Invalid(_("Choose a role."), {"role": "is none of the three"})
    return found


def _find(session: Session, person_id: int, project_id: str) -> Membership:
    member = session.get(Membership, (person_id, project_id), populate_existing=True)
    if member is None:
        raise NotFound(_("They're no longer in this project. Reload the page."))
    return member


def _keep_an_owner(session: Session, member: Membership) -> None:
    """Refuse what would leave a project without an owner. An owner of all projects is one of it."""
    if member.role != "owner":
        return
    another = select(Membership.person_id).where(
        Membership.role == "owner",
        Membership.project_id.in_((member.project_id, ALL_PROJECTS)),
        (Membership.person_id != member.person_id) | (Membership.project_id != member.project_id),
    )
    if session.scalar(another.limit(1)) is None:
        raise Conflict(
            _("This is the last owner. Make someone else an owner first, then try again.")
        )


def _close_invitations(session: Session, member: Membership) -> None:
    """Who may no longer invite has no invitations on their way either."""
    made = update(Invitation).where(
        Invitation.invited_by == member.person_id, Invitation.closed_at.is_(None)
    )
    if member.project_id != ALL_PROJECTS:
        made = made.where(Invitation.project_id == member.project_id)
    session.execute(made.values(closed_at=now()))


def _note(
    session: Session, member: Membership, action: Action, by: Actor, role: str | None = None
) -> None:
    subject, place = f"person:{member.person_id}", member.project_id
    audit.note(session, by=by, action=action, project_id=place, subject=subject, role=role)
