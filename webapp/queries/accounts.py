"""Reads that tell who is behind a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import ALL_PROJECTS
from webapp.clock import now
from webapp.models import (
    BrowserSession,
    Identity,
    Membership,
    Passkey,
    Person,
    Proof,
    RecoveryCode,
    SignInLink,
    Token,
)

FRESH = timedelta(minutes=15)
"""For how long a proof of who one is lasts where ways to sign in are changed."""

ADDRESS_CODE: Final = "address"
"""The kind of a proof that waits for the code that was mailed to a new address."""

UNUSED_FOR: Final = timedelta(days=7)
"""A browser that was not used for so long signs in again."""


@dataclass(frozen=True)
class LiveToken:
    """What a request needs to know of its token."""

    id: int
    name: str
    scope: str
    project_ids: list[str]
    last_used_at: datetime | None
    expires_at: datetime | None
    person_id: int | None = None


_LIVE = """
    select id, name, scope, project_ids, last_used_at, expires_at, person_id from tokens
    where secret_hash = %(secret_hash)s and revoked_at is null
        and (expires_at is null or expires_at > %(moment)s)
"""


def live_token(session: Session, secret_hash: str) -> LiveToken | None:
    """The token of that hash, unless it was revoked or has expired."""
    row = statements.one(session, _LIVE, secret_hash=secret_hash, moment=now())
    return None if row is None else LiveToken(*row)


def in_force() -> ColumnElement[bool]:
    """The condition that a browser session lets somebody in: it was not ended, is not too old, and
    was used lately."""
    moment = now()
    return and_(
        BrowserSession.ended_at.is_(None),
        BrowserSession.expires_at > moment,
        BrowserSession.last_seen_at > moment - UNUSED_FOR,
    )


def live_browser(session: Session, secret_hash: str) -> tuple[BrowserSession, Person] | None:
    """The browser session of that hash and its person, unless it ended or has expired."""
    row = session.execute(
        select(BrowserSession, Person)
        .join(Person, Person.id == BrowserSession.person_id)
        .where(
            BrowserSession.secret_hash == secret_hash,
            in_force(),
        )
    ).first()
    return None if row is None else (row[0], row[1])


def browsers(session: Session, person_id: int, limit: int) -> Sequence[BrowserSession]:
    """Where the person is signed in, the place that was used last first."""
    query = select(BrowserSession).where(
        BrowserSession.person_id == person_id,
        in_force(),
    )
    order = (BrowserSession.last_seen_at.desc(), BrowserSession.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def ways_in(session: Session, person: Person) -> list[str]:
    """What else lets the person in, in words for a command: "a password", "2 passkeys"."""

    def counted(query: Select[Any]) -> int:
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0

    mine = BrowserSession.person_id == person.id, in_force()
    token = Token.person_id == person.id, Token.revoked_at.is_(None)
    numbers = {
        "passkey": counted(select(Passkey.id).where(Passkey.person_id == person.id)),
        "connected account": counted(select(Identity.id).where(Identity.person_id == person.id)),
        "signed-in browser": counted(select(BrowserSession.id).where(*mine)),
        "token of their own": counted(select(Token.id).where(*token)),
    }
    found = ["a password"] if person.password_hash else []
    return found + [f"{count} × {what}" for what, count in numbers.items() if count]


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many of a person's recovery codes were not used yet."""
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def person(session: Session, person_id: int) -> tuple[Person, list[Membership]] | None:
    """The person and their memberships; None for who is in no project any more."""
    found = memberships(session, person_id)
    return (session.get_one(Person, person_id), found) if found else None


def of_address(session: Session, email: str) -> tuple[Person, list[Membership]] | None:
    """Whose address that is, and their memberships."""
    found = session.scalar(select(Person).where(Person.email == email))
    return (found, memberships(session, found.id)) if found else None


def is_member(session: Session, email: str) -> bool:
    """Whether the person with that address is in a project."""
    mine = Membership.person_id == Person.id
    query = select(Membership.person_id).join(Person, mine).where(Person.email == email)
    return session.scalar(query.limit(1)) is not None


def addresses_of_members(session: Session, limit: int) -> list[str]:
    """The addresses of people who are in a project, the first person's first."""
    members = select(Membership.person_id)
    query = select(Person.email).where(Person.id.in_(members)).order_by(Person.id).limit(limit)
    return list(session.scalars(query))


def first_owner(session: Session) -> Person | None:
    """The owner of all projects who was there first."""
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == "owner", Membership.project_id == ALL_PROJECTS)
        .order_by(Person.id)
    )
    return session.scalars(query).first()


def passkeys(session: Session, person_id: int) -> Sequence[Passkey]:
    """A person's passkeys, the first one first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return session.scalars(query).all()


def code_waits(session: Session, person_id: int) -> bool:
    """Whether a code that was mailed to the person's new address still works."""
    query = select(Proof.id).where(
        Proof.kind == ADDRESS_CODE, Proof.person_id == person_id, Proof.expires_at > now()
    )
    return session.scalar(query) is not None


def identities(session: Session, person_id: int) -> Sequence[Identity]:
    """Who a person is at providers, the first one first."""
    query = select(Identity).where(Identity.person_id == person_id).order_by(Identity.id)
    return session.scalars(query).all()


def person_of_identity(session: Session, issuer: str, subject: str) -> Person | None:
    """Who is known by what a provider calls them."""
    query = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )
    return session.scalar(query)


def memberships(session: Session, person_id: int) -> list[Membership]:
    """In which projects the person holds which role."""
    return list(session.scalars(select(Membership).where(Membership.person_id == person_id)))


def is_in(session: Session, person_id: int, project_id: str) -> bool:
    """Whether the person is in the project, in whatever role."""
    query = select(Membership.person_id).where(
        Membership.person_id == person_id,
        Membership.project_id.in_((project_id, ALL_PROJECTS)),
    )
    return session.scalar(query.limit(1)) is not None


def link_works(session: Session, secret_hash: str) -> bool:
    """Whether a one-time link can still be used."""
    query = select(SignInLink.id).where(
        SignInLink.secret_hash == secret_hash,
        *usable(),
    )
    return session.scalar(query) is not None


def usable() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a one-time link works. A start-up link ends with the first sign-in of
    anybody: the founder who runs the desk is in, or others are."""
    anybody = exists().select_from(BrowserSession)
    return (
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now(),
        or_(SignInLink.startup.is_(False), ~anybody),
    )


def anyone_signed_in(session: Session) -> bool:
    """Whether anybody has ever signed in here."""
    return session.scalar(select(BrowserSession.id).limit(1)) is not None
