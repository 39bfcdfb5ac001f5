"""What a reader missed: the log since its position, or word that part of it is no longer kept."""

from typing import Final

from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.events import log
from webapp.events.log import Event
from webapp.models import Job
from webapp.queries import jobs

PRUNED: Final = "agent.log_pruned"
"""Not an event of the log: it stands in for those that `flask prune` removed."""


def since(session: Session, job: int, after: int, limit: int) -> list[Event]:
    """Up to `limit` events after that number. Where the first of them are no longer kept, a word
    about that comes before them, with the state that the job is in now."""
    # First how far the log goes, then the log: what comes in between is not taken for pruned.
    known = session.get_one(Job, job, populate_existing=True)
    last_seq = known.last_seq
    events = log.read(session, job, after, limit)
    first = events[0].seq if events else last_seq + 1
    if first <= after + 1:
        return events
    return [_pruned(session, known, first - 1), *events]


def _pruned(session: Session, job: Job, up_to: int) -> Event:
    view = jobs.view(session, job)
    return Event(
        job=job.id,
        seq=up_to,
        kind=PRUNED,
        at=now(),
        payload={"state": view.state, "pending": view.pending, "answered": view.answered},
        project_id=job.project_id,
        job_id=job.job_id,
    )
