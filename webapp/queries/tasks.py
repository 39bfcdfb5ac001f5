"""What a job met within a task."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Attempt, Job, Problem
from webapp.rules.tasks import MOST_READ, key_of


class Met(NamedTuple):
    """One failure within a task: its problem, and what had been tried."""

    error_signature: str
    error_type: str
    family: str | None
    approach: str | None


def met(session: Session, project_id: str, job_id: str, task: str | None) -> list[Met]:
    """What a job met within the task of that key, latest first, among its latest attempts."""
    query = (
        select(
            Attempt.intent,
            Problem.error_signature,
            Problem.error_type,
            Problem.family,
            Attempt.approach,
        )
        .join(Job, Job.id == Attempt.job)
        .join(Problem, Problem.id == Attempt.problem_id)
        .where(Job.project_id == project_id, Job.job_id == job_id, Attempt.intent.is_not(None))
        .order_by(Attempt.id.desc())
        .limit(MOST_READ)
    )
    rows = session.execute(query).all()
    return [Met(*row[1:]) for row in rows if key_of(row.intent) == task]
