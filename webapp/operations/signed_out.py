"""What ends with a session, beside the session."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.models import BrowserSession, PersonalChannel

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
    session.execute(delete(PersonalChannel).where(PersonalChannel.browser_session_id.in_(ended)))
