"""Signing in through an OpenID provider. It opens no account for strangers: whoever comes is known
by what the provider calls them, or has the address of an invitation, or that of a member who has no
other way in. A member who has one connects the provider to their account themselves: an address
says who somebody is to the provider, and here it is only what somebody wrote.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, NotFound
from webapp.models import Action, Identity, Person
from webapp.operations import audit, invitations, members, people
from webapp.operations.sessions import actor, begin_session, own_id, require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import accounts, ways_in


class Unknown(AppError):
    status, code, title = 403, "unknown-person", _("No account found")


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody. Only an address that it has verified counts."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str
    proved_at: datetime
    """When they last proved to the provider who they are; long ago if it doesn't say."""


def sign_in(claims: Claims, user_agent: str | None) -> str:
    """Sign in who the provider vouches for. Returns the secret of the new browser session."""
    try:
        with transaction("sign_in") as session:
            members.wait_for_turn(session)
            found = accounts.person_of_identity(session, claims.issuer, claims.subject)
            person = found or _by_address(session, claims)
            return begin_session(
                session, person, user_agent, how="oidc", proved_at=claims.proved_at
            )
    except Unknown:
        audit.failed_sign_in("oidc")
        raise


def connect(issuer: str, subject: str, session_secret: str, *, by: Actor) -> None:
    """Let the caller sign in as who they are at the provider, from now on."""
    with transaction("connect_identity") as session:
        require_fresh(session, session_secret, by)
        members.wait_for_turn(session)
        known = accounts.person_of_identity(session, issuer, subject)
        if known is not None and known.id != own_id(by):
            raise Conflict(
                _("This account is already connected to someone else here. Use another one.")
            )
        if known is None:
            _link(session, session.get_one(Person, own_id(by)), issuer, subject)


def disconnect(identity_id: int, session_secret: str, *, by: Actor) -> None:
    """Let the caller sign in in that way no longer, as long as they have another."""
    with transaction("disconnect_identity") as session:
        require_fresh(session, session_secret, by)
        person = session.get_one(Person, own_id(by), with_for_update=True)
        identity = session.get(Identity, identity_id)
        if identity is None or identity.person_id != person.id:
            raise NotFound(_("Account not found. Reload the page."))
        if not _has_another_way(session, person, identity):
            raise Conflict(
                _("This is your only way to sign in. Set a password or add a passkey first.")
            )
        audit.note(session, by=by, action=Action.IDENTITY_UNLINKED, subject=by.ref)
        session.delete(identity)


def _by_address(session: Session, claims: Claims) -> Person:
    if not claims.is_verified:
        raise Unknown(_("Your provider hasn't verified your email address. Verify it there first."))
    email = people.address(claims.email)
    person, memberships = accounts.of_address(session, email) or (None, [])
    if person is not None and memberships and ways_in.is_in_use(session, person):
        raise Unknown(
            _(
                "An account with your address already exists. Sign in as usual, then "
                "connect the provider under Settings, Sign-in."
            )
        )
    if not memberships:
        person = invitations.accept_all(session, email, claims.name)
    if person is None:
        raise Unknown(_("No member has your address. Ask an owner to invite you."))
    _link(session, person, claims.issuer, claims.subject)
    return person


def _link(session: Session, person: Person, issuer: str, subject: str) -> None:
    place = {"person_id": person.id, "issuer": issuer, "subject": subject}
    session.add(Identity(**place, created_at=now()))
    who = actor(person)
    audit.note(session, by=who, action=Action.IDENTITY_LINKED, subject=who.ref)


def _has_another_way(session: Session, person: Person, identity: Identity) -> bool:
    others = select(Identity.id).where(Identity.person_id == person.id, Identity.id != identity.id)
    return ways_in.has_a_key(session, person) or ways_in.found(session, others)
