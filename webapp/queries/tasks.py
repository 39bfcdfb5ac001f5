"""What a job met within its tasks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Attempt, Job, Problem


def met_by_job(
    session: Session, project_id: str, job_id: str, limit: int
) -> list[tuple[str, Attempt]]:
    """The attempts of a job within its tasks, each after the type of its error, latest first."""
    query = (
        select(Problem.error_type, Attempt)
        .join(Job, Job.id == Attempt.job)
        .join(Problem, Problem.id == Attempt.problem_id)
        .where(Job.project_id == project_id, Job.job_id == job_id, Attempt.intent.is_not(None))
        .order_by(Attempt.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
