"""Steps of signing in that wait for the next one: made, missed, used up once."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import Proof
from webapp.operations.secrets import digest, new_secret

LIVES = timedelta(minutes=5)


def make(session: Session, kind: str, person_id: int | None = None, secret: str = "") -> str:
    """A new step within the caller's transaction; returns its secret. Old ones are swept out."""
    secret = secret or new_secret()
    session.execute(delete(Proof).where(Proof.expires_at < now()))
    proof = Proof(
        kind=kind, secret_hash=digest(secret), person_id=person_id, expires_at=now() + LIVES
    )
    session.add(proof)
    return secret


def held(session: Session, kind: str, secret: str) -> Proof | None:
    """The step that still waits, locked until the caller's transaction ends."""
    query = select(Proof).where(
        Proof.kind == kind, Proof.secret_hash == digest(secret), Proof.expires_at > now()
    )
    return session.scalar(query.with_for_update())


def forget(session: Session, person_id: int) -> None:
    """End all steps of a person, because what they proved has changed."""
    session.execute(delete(Proof).where(Proof.person_id == person_id))
