"""Whether messages go out: the signs of life of workers."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import WorkerBeat, WorkerLease

SILENT_S: Final = 60


def any_heard(connection: Connection) -> bool:
    """Whether a worker was heard from lately."""
    since = now() - timedelta(seconds=SILENT_S)
    return bool(connection.scalar(select(exists().where(WorkerBeat.heard_at > since))))


def lease(session: Session, name: str) -> WorkerLease | None:
    """What is known of something that only one worker does at a time; None if none ever did."""
    return session.get(WorkerLease, name)
