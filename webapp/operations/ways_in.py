"""All that lets a person in: what they know, what they have, and where they are signed in."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import (
    BrowserSession,
    Identity,
    Passkey,
    Person,
    Proof,
    RecoveryCode,
    SecondFactor,
    SignInLink,
    Token,
)
from webapp.operations import signed_out


def end_all(session: Session, person_id: int, *, by: Actor) -> None:
    """End what let the person in, within the caller's transaction. Their name stays beside what
    they decided."""
    moment = now()
    for table, ended in ((BrowserSession, "ended_at"), (Token, "revoked_at")):
        mine = update(table).where(table.person_id == person_id, getattr(table, ended).is_(None))
        session.execute(mine.values({ended: moment}))
    signed_out.forget_devices(session)
    signed_out.forget_addresses_of_others(session, person_id, by=by)
    signed_out.forget_chats(session, person_id)
    for kept in (SignInLink, Proof, Passkey, SecondFactor, RecoveryCode, Identity):
        session.execute(delete(kept).where(kept.person_id == person_id))
    session.execute(
        update(Person).where(Person.id == person_id).values(password_hash=None, wanted_email=None)
    )
