"""Whether somebody can get into an account already, and whether its address is proved."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.models import BrowserSession, Identity, Passkey, Person, PersonalChannel, Token
from webapp.queries import accounts, tokens


def has_a_key(session: Session, person: Person) -> bool:
    """Whether the person has a password or a passkey."""
    passkeys = select(Passkey.id).where(Passkey.person_id == person.id)
    return person.password_hash is not None or found(session, passkeys)


def is_in_use(session: Session, person: Person) -> bool:
    """Whether somebody can get into the account already, who may be another than the one whose
    address it is: whoever made an invitation can open its link, and anybody can change theirs."""
    sessions = select(BrowserSession.id).where(
        BrowserSession.person_id == person.id, accounts.in_force()
    )
    own_tokens = select(Token.id).where(Token.person_id == person.id, *tokens.in_force())
    identities = select(Identity.id).where(Identity.person_id == person.id)
    return has_a_key(session, person) or found(session, sessions, own_tokens, identities)


def is_owner_of_address(session: Session, person: Person) -> bool:
    """Whether a link to the person's address lets in nobody but the person: they proved the address
    by email, or nobody else can be in the account."""
    if person.proved_email == person.email:
        return True
    channels = select(PersonalChannel.id).where(
        PersonalChannel.person_id == person.id,
        PersonalChannel.kind == "email",
        PersonalChannel.address == person.email,
        PersonalChannel.verified_at.is_not(None),
    )
    return found(session, channels) or not is_in_use(session, person)


def found(session: Session, *ways: Select[int]) -> bool:
    """Whether one of the queries finds anything."""
    return any(session.scalar(way.limit(1)) is not None for way in ways)
