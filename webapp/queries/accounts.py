"""Reads that tell who is behind a request."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import BrowserSession, Membership, Person, SignInLink, Token


def live_token(session: Session, secret_hash: str) -> Token | None:
    """The token of that hash, unless it was revoked or has expired."""
    token = session.scalar(
        select(Token).where(Token.secret_hash == secret_hash, Token.revoked_at.is_(None))
    )
    if token is None or (token.expires_at is not None and token.expires_at <= now()):
        return None
    return token


def live_browser(session: Session, secret_hash: str) -> tuple[BrowserSession, Person] | None:
    """The browser session of that hash and its person, unless it ended or has expired."""
    row = session.execute(
        select(BrowserSession, Person)
        .join(Person, Person.id == BrowserSession.person_id)
        .where(
            BrowserSession.secret_hash == secret_hash,
            BrowserSession.ended_at.is_(None),
            BrowserSession.expires_at > now(),
        )
    ).first()
    return None if row is None else (row[0], row[1])


def memberships(session: Session, person_id: int) -> list[Membership]:
    """In which projects the person holds which role."""
    return list(session.scalars(select(Membership).where(Membership.person_id == person_id)))


def link_works(session: Session, secret_hash: str) -> bool:
    """Whether a one-time link can still be used."""
    query = select(SignInLink.id).where(
        SignInLink.secret_hash == secret_hash,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now(),
    )
    return session.scalar(query) is not None


def anyone_signed_in(session: Session) -> bool:
    """Whether anybody has ever signed in here."""
    return session.scalar(select(BrowserSession.id).limit(1)) is not None
