"""Paused jobs that only wait for somebody to let them continue: all their questions are closed."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.queries.scope import visible

SHOWN: Final = 50


@dataclass(frozen=True)
class Resumable:
    """A job that stands still although nothing is left to answer. `questions` is how many led to
    the pause; `may_resume` is whether the viewer can let it continue."""

    job: Job
    questions: int
    may_resume: bool


def resumable(session: Session, *, by: Actor) -> list[Resumable]:
    """Return those jobs, the one that moved last at the end."""
    query = _resumable(by).order_by(Job.moved_at, Job.id).limit(SHOWN)
    return [_shown(job, by) for job in session.scalars(query)]


def resumable_projects(by: Actor) -> Select[str, int]:
    """The query of the projects of those jobs: `project_id`, and its place `nth` among them."""
    jobs = (
        _resumable(by)
        .with_only_columns(
            Job.project_id,
            func.row_number().over(order_by=(Job.moved_at, Job.id)).label("nth"),
        )
        .order_by("nth")
        .limit(SHOWN)
        .subquery()
    )
    return select(jobs.c.project_id, func.min(jobs.c.nth).label("nth")).group_by(jobs.c.project_id)


def resumable_count(session: Session, *, by: Actor) -> int:
    """Return how many cards `resumable` makes."""
    jobs = _resumable(by).with_only_columns(Job.id).limit(SHOWN)
    return session.scalar(select(func.count()).select_from(jobs.subquery())) or 0


def resumable_asker(
    session: Session, escalation: AgentEscalation, *, by: Actor
) -> Resumable | None:
    """Return the job that asked this question, if it is one of them."""
    query = _resumable(by).where(
        Job.project_id == escalation.project_id, Job.job_id == escalation.job_id
    )
    job = session.scalar(query)
    return None if job is None else _shown(job, by)


def _resumable(by: Actor) -> Select[Job]:
    return select(Job).where(
        Job.state == "paused", visible(Job.project_id, by), ~_has_open_question()
    )


def _has_open_question() -> ColumnElement[bool]:
    # An answer that can still be taken back needs nobody, as in the inbox.
    return exists().where(
        EscalationWaiter.job == Job.id,
        AgentEscalation.id == EscalationWaiter.escalation_id,
        AgentEscalation.status == "pending",
        AgentEscalation.held_until.is_(None),
    )


def _shown(job: Job, by: Actor) -> Resumable:
    may_resume = by.role_in(job.project_id) in ANSWERING
    return Resumable(job, job.escalations_since_resume, may_resume)
