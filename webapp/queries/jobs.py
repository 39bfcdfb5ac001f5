"""Reads of jobs: their state, their counts, their log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import Conflict, NotFound
from webapp.models import AgentEscalation, Attempt, EscalationWaiter, Job, Problem
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import visible

_UNKNOWN = lazy_gettext(
    "Job not found. It may not exist, or you may not have access to its project."
)


@dataclass(frozen=True)
class JobView:
    """A job with what follows from its questions."""

    job: Job
    state: str
    pending: int
    answered: int


def find(session: Session, job_id: str, project_id: str | None, *, by: Actor) -> Job:
    """The job of that name. Without a project: the one job of that name that the caller sees."""
    query = select(Job).where(Job.job_id == job_id, visible(Job.project_id, by))
    if project_id is not None:
        query = query.where(Job.project_id == project_id)
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise NotFound(_UNKNOWN)
    if len(found) > 1:
        raise Conflict(
            lazy_gettext(
                "Several of your projects have a job %(job)s. Add ?project_id= to choose one.",
                job=repr(job_id),
            )
        )
    return found[0]


def view(session: Session, job: Job) -> JobView:
    """The job with its state as the caller sees it."""
    return views(session, [job])[0]


def views(session: Session, jobs: list[Job]) -> list[JobView]:
    """The jobs, each with its state as the caller sees it, in one query."""
    query = (
        select(
            EscalationWaiter.job,
            func.count().filter(AgentEscalation.status == "pending"),
            func.count().filter(AgentEscalation.status.in_(("resolved", "skipped"))),
        )
        .join(AgentEscalation, AgentEscalation.id == EscalationWaiter.escalation_id)
        .where(EscalationWaiter.job.in_([job.id for job in jobs]))
        .group_by(EscalationWaiter.job)
    )
    counts = {job: (pending, answered) for job, pending, answered in session.execute(query)}
    found = []
    for job in jobs:
        pending, answered = counts.get(job.id, (0, 0))
        found.append(JobView(job, _state(job, pending), pending, answered))
    return found


def some(session: Session, *, by: Actor) -> bool:
    """Whether any agent has told the caller's projects of a job yet."""
    return session.scalar(select(Job.id).where(visible(Job.project_id, by)).limit(1)) is not None


def listed(
    session: Session,
    *,
    by: Actor,
    limit: int = 100,
    cursor: str | None = None,
    project: str = "",
    without: Collection[int] = (),
) -> Page[JobView]:
    """The caller's jobs, those that moved last first; of one `project`, and `without` those of
    these ids."""
    query = select(Job).where(visible(Job.project_id, by), Job.id.not_in(without))
    if project:
        query = query.where(Job.project_id == project)
    order = (Job.moved_at, Job.id)
    page = keyset(session, query, order, limit, cursor, newest_first=True, key_type=int)
    return Page(views(session, list(page.rows)), page.next_cursor)


def needing(session: Session, *, by: Actor, limit: int, project: str = "") -> list[JobView]:
    """The caller's jobs that need a person: those that are paused, then those that wait for an
    answer, each with what moved last first."""
    asks = exists().where(
        EscalationWaiter.job == Job.id,
        AgentEscalation.id == EscalationWaiter.escalation_id,
        AgentEscalation.status == "pending",
    )
    query = select(Job).where(
        visible(Job.project_id, by),
        or_(Job.state == "paused", and_(Job.state == "working", asks)),
    )
    if project:
        query = query.where(Job.project_id == project)
    order = ((Job.state == "paused").desc(), Job.moved_at.desc(), Job.id.desc())
    return views(session, list(session.scalars(query.order_by(*order).limit(limit))))


def problems_of(session: Session, job: int, limit: int) -> Sequence[Problem]:
    """The problems that a job reported, the one that came up last first."""
    reported = select(Attempt.problem_id).where(Attempt.job == job)
    query = select(Problem).where(Problem.id.in_(reported))
    order = (Problem.last_seen_at.desc(), Problem.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def _state(job: Job, pending: int) -> str:
    return "waiting_for_input" if job.state == "working" and pending else job.state
