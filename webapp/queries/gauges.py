"""How the desk stands right now, over all projects: for whoever watches over it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import AgentEscalation, Delivery, Job
from webapp.queries import workers


@dataclass(frozen=True)
class Gauges:
    """Counts, and the age of the oldest question in seconds, 0 when none waits."""

    pending: int
    oldest_s: float
    paused: int
    overdue: int
    """Messages that should have left more than a minute ago."""
    is_worker_heard: bool


def read(session: Session) -> Gauges:
    """The gauges of this moment."""
    waiting = select(func.count(), func.min(AgentEscalation.created_at))
    pending, oldest = session.execute(waiting.where(AgentEscalation.status == "pending")).one()
    paused = session.scalar(select(func.count()).where(Job.state == "paused")) or 0
    age = (now() - oldest).total_seconds() if oldest else 0.0
    late = Delivery.due_at < now() - timedelta(seconds=60)
    overdue = session.scalar(select(func.count()).select_from(Delivery).where(late)) or 0
    heard = workers.any_heard(session.connection())
    return Gauges(pending, max(age, 0.0), paused, overdue, heard)
