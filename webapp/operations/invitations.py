"""What is done to invitations: made, renewed, revoked, accepted.

The link of an invitation may be read by whoever passes it on. So it lets in somebody new; to who
has an account already it gives the role only once they are signed in.
"""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.actors import RANKS, Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, Invalid, NotFound
from webapp.models import Action, Invitation, Membership, Person
from webapp.operations import audit, members, notices, people
from webapp.operations.secrets import digest, new_secret
from webapp.operations.sessions import actor, begin_session, require_proof
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.rules.limits import MAX_PART_CHARS

LIVES = timedelta(days=7)


class InvitationUsed(AppError):
    status, code, title = 410, "invitation-used", _("This invitation no longer works")


class SignInFirst(AppError):
    status, code, title = 409, "sign-in-first", _("Please sign in first")


def invite(
    email: str, project_id: str, role: str, *, by: Actor, session_secret: str = ""
) -> tuple[Invitation, str]:
    """Invite somebody. Returns the invitation and the secret of its link, which is nowhere to be
    read again. An earlier invitation to the same project no longer works. `session_secret` is of
    the caller's browser, in which they proved who they are a short while ago."""
    email, project_id, wanted = people.address(email), project_id.strip(), members.plain_role(role)
    if not 1 <= len(project_id) <= MAX_PART_CHARS:
        raise Invalid(_("Choose a project."), {"project": "is missing"})
    secret, moment = new_secret(), now()
    with transaction("invite") as session:
        members.guard(session, project_id, by)
        require_proof(session, session_secret, by)
        _refuse_member(session, email, project_id)
        earlier = update(Invitation).where(
            Invitation.email == email,
            Invitation.project_id == project_id,
            Invitation.closed_at.is_(None),
        )
        session.execute(earlier.values(closed_at=moment))
        invitation = Invitation(
            email=email,
            project_id=project_id,
            role=wanted,
            secret_hash=digest(secret),
            created_at=moment,
            expires_at=moment + LIVES,
            invited_by=by.person_id,
        )
        session.add(invitation)
        session.flush()
        _note(session, invitation, Action.PERSON_INVITED, by)
    return invitation, secret


def renew(invitation_id: int, *, by: Actor, session_secret: str = "") -> tuple[Invitation, str]:
    """Make another link for an open invitation, with the same proof; the one before no longer
    works."""
    secret = new_secret()
    with transaction("renew_invitation") as session:
        invitation = _find(session, invitation_id, by)
        require_proof(session, session_secret, by)
        if invitation.closed_at is not None:
            raise Conflict(_("This invitation was used or revoked. Invite them again."))
        invitation.secret_hash = digest(secret)
        invitation.invited_by = by.person_id
        invitation.expires_at = now() + LIVES
        _note(session, invitation, Action.PERSON_INVITED, by)
    return invitation, secret


def revoke(invitation_id: int, *, by: Actor) -> None:
    """Let an invitation work no longer. One that is over stays as it is."""
    with transaction("revoke_invitation") as session:
        invitation = _find(session, invitation_id, by)
        if invitation.closed_at is None:
            invitation.closed_at = now()
            _note(session, invitation, Action.INVITATION_ENDED, by)


def accept(secret: str, name: str, user_agent: str | None, *, by: Actor | None) -> str | None:
    """Join the project. Returns the secret of a new browser session, or None for who is signed in
    as the one who was invited."""
    with transaction("accept_invitation") as session:
        members.wait_for_turn(session)
        invitation = _use_up(session, secret)
        person = session.scalar(select(Person).where(Person.email == invitation.email))
        known = person is not None and bool(accounts.memberships(session, person.id))
        if person is not None and known and (by is None or by.person_id != person.id):
            raise SignInFirst(_("Sign in as the person who was invited, then open the link again."))
        if person is None or not known:
            person = people.find_or_make(session, invitation.email)
            person.name = people.plain_name(name)
            people.refuse_likeness(session, person.name, person.id, [invitation.project_id])
        _join(session, person, invitation)
        _note(session, invitation, Action.INVITATION_ACCEPTED, actor(person))
        session.flush()
        return None if known else begin_session(session, person, user_agent, how="invitation")


def accept_all(session: Session, email: str, name: str) -> Person | None:
    """Let in somebody new whose address is proved, by all that they are invited to, within the
    caller's transaction; None where they are not invited."""
    query = select(Invitation).where(
        Invitation.email == email, Invitation.closed_at.is_(None), Invitation.expires_at > now()
    )
    open_ones = session.scalars(query.with_for_update()).all()
    if not open_ones:
        return None
    person = people.find_or_make(session, email, people.name_or_from(name, email))
    for invitation in open_ones:
        invitation.closed_at = now()
        _join(session, person, invitation)
        _note(session, invitation, Action.INVITATION_ACCEPTED, actor(person))
    session.flush()
    return person


def _note(session: Session, invitation: Invitation, action: Action, by: Actor) -> None:
    audit.note(
        session,
        by=by,
        action=action,
        project_id=invitation.project_id,
        subject=f"invitation:{invitation.id}",
        name=invitation.email,
        role=invitation.role,
    )


def _refuse_member(session: Session, email: str, project_id: str) -> None:
    person = session.scalar(select(Person).where(Person.email == email))
    if person and session.get(Membership, (person.id, project_id)):
        raise Invalid(
            _("They're already in this project. Change their role in the list."),
            {"email": "is a member already"},
        )


def _find(session: Session, invitation_id: int, by: Actor) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or by.role_in(invitation.project_id) is None:
        raise NotFound(
            _("Invitation not found. It may not exist, or it may be for another project.")
        )
    members.guard(session, invitation.project_id, by)
    session.refresh(invitation)
    return invitation


def _use_up(session: Session, secret: str) -> Invitation:
    moment = now()
    used = (
        update(Invitation)
        .where(
            Invitation.secret_hash == digest(secret),
            Invitation.closed_at.is_(None),
            Invitation.expires_at > moment,
        )
        .values(closed_at=moment)
        .returning(Invitation)
    )
    invitation = session.scalar(used)
    if invitation is None:
        raise InvitationUsed(_("Ask the person who invited you for a new link."))
    return invitation


def _join(session: Session, person: Person, invitation: Invitation) -> None:
    """Give the role, unless the person holds it or a greater one there already."""
    member = session.get(Membership, (person.id, invitation.project_id))
    if member is None:
        place = {"person_id": person.id, "project_id": invitation.project_id}
        session.add(Membership(**place, role=invitation.role))
    elif RANKS[members.plain_role(member.role)] < RANKS[members.plain_role(invitation.role)]:
        member.role = invitation.role
    else:
        return
    if invitation.role == "owner":
        notices.tell_owners(session, person.id, invitation.project_id, by=actor(person))
