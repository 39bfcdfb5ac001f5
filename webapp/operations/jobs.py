"""What is done to jobs."""

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import Action, Job
from webapp.operations import audit
from webapp.operations.transaction import transaction
from webapp.queries import jobs as queries

PAUSE_AT = 5
"""Escalations in one job, since it started or was resumed, that pause it (ERROR_MODEL.md)."""


def ensure(session: Session, project_id: str, job_id: str, session_id: str | None) -> Job:
    """The job of that name, made by the first call that names it. Inside a transaction."""
    query = select(Job).where(Job.project_id == project_id, Job.job_id == job_id)
    job = session.scalar(query)
    if job is None:
        values = {
            "project_id": project_id,
            "job_id": job_id,
            "session_id": session_id,
            "created_at": now(),
        }
        # A concurrent first call may win: then its row is read.
        session.execute(insert(Job).values(**values).on_conflict_do_nothing())
        job = session.scalars(query).one()
    if session_id and job.session_id != session_id:
        job.session_id = session_id
    return job


def project_of(session: Session, job_id: str, project_id: str | None, *, by: Actor) -> str:
    """The project a call means: the one it names, the token's only one, or that of the one job."""
    if project_id is not None:
        return project_id
    if by.projects is not None and len(by.projects) == 1:
        return next(iter(by.projects))
    return queries.find(session, job_id, None, by=by).project_id


def tell(
    job_id: str,
    project_id: str | None,
    *,
    by: Actor,
    session_id: str | None = None,
    title: str | None = None,
    state: str | None = None,
) -> Job:
    """Tell or change a job. What is None stays; only a real change is an event."""
    with transaction("tell") as session:
        project_id = project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "tell about jobs of this project")
        job = ensure(session, project_id, job_id, session_id)
        session.refresh(job, with_for_update={"key_share": True})
        if state is not None and job.state == "paused":
            raise Conflict(
                lazy_gettext("This job is paused. A founder lets it go on from its page.")
            )
        changed = {
            name: value
            for name, value in (("title", title), ("state", state))
            if value is not None and getattr(job, name) != value
        }
        for name, value in changed.items():
            setattr(job, name, value)
        if changed:
            record(session, job.id, Kind.JOB_CHANGED, **changed)
    return job


def resume(job_id: str, project_id: str | None, *, by: Actor) -> Job:
    """Let a paused job go on, with a fresh count of questions."""
    with transaction("resume") as session:
        job = queries.find(session, job_id, project_id, by=by)
        by.require(ANSWERING, job.project_id, lazy_gettext("resume a job"))
        session.refresh(job, with_for_update={"key_share": True})
        if job.state != "paused":
            raise Conflict(lazy_gettext("This job is not paused, so there is nothing to resume."))
        job.state = "working"
        job.escalations_since_resume = 0
        record(session, job.id, Kind.BUILD_RESUMED, resumed_by=by.name)
        audit.note(
            session,
            by=by,
            action=Action.JOB_RESUMED,
            project_id=job.project_id,
            subject=f"job:{job.job_id}",
        )
    return job
