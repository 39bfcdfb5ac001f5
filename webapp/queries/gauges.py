"""How the desk stands right now, over all projects: for whoever watches over it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import AgentEscalation, Job


@dataclass(frozen=True)
class Gauges:
    """Counts, and the age of the oldest question in seconds, 0 when none waits."""

    pending: int
    oldest_s: float
    paused: int


def read(session: Session) -> Gauges:
    """The gauges of this moment."""
    waiting = select(func.count(), func.min(AgentEscalation.created_at))
    pending, oldest = session.execute(waiting.where(AgentEscalation.status == "pending")).one()
    paused = session.scalar(select(func.count()).where(Job.state == "paused")) or 0
    age = (now() - oldest).total_seconds() if oldest else 0.0
    return Gauges(pending, max(age, 0.0), paused)
