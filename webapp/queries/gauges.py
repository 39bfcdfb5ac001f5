"""How the desk stands right now, over all projects: for whoever watches over it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import AgentEscalation, Delivery, Job
from webapp.queries import reach, workers


@dataclass(frozen=True)
class Gauges:
    """Counts, and the age of the oldest question in seconds, 0 when none waits."""

    pending: int
    oldest_s: float
    paused: int
    overdue: int
    """Messages that should have left more than a minute ago."""
    is_worker_heard: bool
    unreached: int
    """Questions that wait where nobody gets a message."""


def read(session: Session, *, unset: Collection[str]) -> Gauges:
    """The gauges of this moment. `unset` are the kinds of channels that the server isn't set up
    for."""
    waiting = select(func.count(), func.min(AgentEscalation.created_at))
    pending, oldest = session.execute(waiting.where(AgentEscalation.status == "pending")).one()
    paused = session.scalar(select(func.count()).where(Job.state == "paused")) or 0
    age = (now() - oldest).total_seconds() if oldest else 0.0
    late = Delivery.due_at < now() - timedelta(seconds=60)
    overdue = session.scalar(select(func.count()).select_from(Delivery).where(late)) or 0
    heard = workers.any_heard(session.connection())
    unreached = sum(reach.unreached(session, unset=unset).values())
    return Gauges(pending, max(age, 0.0), paused, overdue, heard, unreached)
