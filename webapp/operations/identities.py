"""Signing in through an OpenID provider. It opens no account for strangers: whoever comes is known
by what the provider calls them, or has the address of a member or of an invitation."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.errors import AppError
from webapp.models import Action, Identity, Person
from webapp.operations import audit, invitations, members, people
from webapp.operations.sessions import actor, begin_session
from webapp.operations.transaction import transaction
from webapp.queries import accounts


class Unknown(AppError):
    status, code, title = 403, "unknown-person", _("You are not known here")


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody. Only an address that it has verified counts."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str


def sign_in(claims: Claims, user_agent: str | None) -> str:
    """Sign in who the provider vouches for. Returns the secret of the new browser session."""
    try:
        with transaction("sign_in") as session:
            members.wait_for_turn(session)
            person = _known(session, claims) or _by_address(session, claims)
            return begin_session(session, person, user_agent, how="oidc")
    except Unknown:
        audit.failed_sign_in("oidc")
        raise


def _known(session: Session, claims: Claims) -> Person | None:
    query = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )
    return session.scalar(query)


def _by_address(session: Session, claims: Claims) -> Person:
    if not claims.is_verified:
        raise Unknown(_("Your provider has not verified your e-mail address. Do that there first."))
    email = people.address(claims.email)
    person = session.scalar(select(Person).where(Person.email == email))
    known = person is not None and bool(accounts.memberships(session, person.id))
    if not known:
        person = invitations.accept_all(session, email, claims.name)
    if person is None:
        raise Unknown(_("Nobody with your address is a member. Ask an owner to invite you."))
    session.add(
        Identity(
            person_id=person.id,
            issuer=claims.issuer,
            subject=claims.subject,
            created_at=now(),
        )
    )
    who = actor(person)
    audit.note(session, by=who, action=Action.IDENTITY_LINKED, subject=who.ref)
    return person
