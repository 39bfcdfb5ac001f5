"""What ends with a session, beside the session."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.models import BrowserSession, PersonalChannel


def forget_devices(session: Session) -> None:
    """Remove the devices whose session was ended, within the caller's transaction: whoever has
    signed out there, or was signed out, gets no more messages there."""
    ended = select(BrowserSession.id).where(BrowserSession.ended_at.is_not(None))
    session.execute(delete(PersonalChannel).where(PersonalChannel.browser_session_id.in_(ended)))
