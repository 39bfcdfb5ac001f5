"""What ends with a session, beside the session."""

from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import Action, BrowserSession, Person, PersonalChannel
from webapp.operations import audit
from webapp.operations.secrets import digest

DEVICE: Final = "push"

CHATS: Final = ("telegram",)
"""Kinds of channels in which a press answers, whatever happens to a person's sessions."""


def forget_chats(session: Session, person_id: int) -> None:
    """Remove the channels in which the person can answer without a session, within the caller's
    transaction: who signs out everywhere else may have lost the phone that they are on."""
    theirs = PersonalChannel.person_id == person_id
    session.execute(delete(PersonalChannel).where(theirs, PersonalChannel.kind.in_(CHATS)))


def forget_devices(session: Session) -> None:
    """Remove the devices whose session was ended, within the caller's transaction: whoever has
    signed out there, or was signed out, gets no more messages there."""
    ended = select(BrowserSession.id).where(BrowserSession.ended_at.is_not(None))
    here = PersonalChannel.kind == DEVICE, PersonalChannel.browser_session_id.in_(ended)
    session.execute(delete(PersonalChannel).where(*here))


def forget_addresses_of_others(
    session: Session, person_id: int, session_secret: str = "", *, by: Actor
) -> None:
    """Remove the addresses for messages that the person's other sessions added, within the
    caller's transaction: one of these sessions may be that of whoever found a browser open.

    Signed out already or not, a session counts until its 30 days are over: whoever found the
    browser could have signed out. By then its person was told of the address."""
    others = (
        BrowserSession.person_id == person_id,
        BrowserSession.secret_hash != digest(session_secret),
        BrowserSession.expires_at > now(),
    )
    _forget_addresses(session, person_id, others, by)


def forget_addresses_of(session: Session, person_id: int, browser_id: int, *, by: Actor) -> None:
    """Remove the addresses for messages that were added in this session of the person."""
    _forget_addresses(session, person_id, (BrowserSession.id == browser_id,), by)


def _forget_addresses(
    session: Session, person_id: int, browsers: tuple[ColumnElement[bool], ...], by: Actor
) -> None:
    """All but the address with which they sign in: it is theirs, whoever added it."""
    own = select(Person.email).where(Person.id == person_id).scalar_subquery()
    removed = session.execute(
        delete(PersonalChannel)
        .where(
            PersonalChannel.person_id == person_id,
            PersonalChannel.kind != DEVICE,
            PersonalChannel.address != own,
            PersonalChannel.browser_session_id.in_(select(BrowserSession.id).where(*browsers)),
        )
        .returning(PersonalChannel.id, PersonalChannel.kind)
    )
    for key, kind in sorted((row.id, row.kind) for row in removed):
        audit.note(
            session, by=by, action=Action.CHANNEL_REMOVED, subject=f"channel:{key}", name=kind
        )
