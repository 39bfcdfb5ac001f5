"""What is done to jobs."""

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import String, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.clock import now
from webapp.errors import OTHERS_JOB, Conflict, Forbidden, NotFound
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.extensions import db
from webapp.models import Action, Job
from webapp.operations import audit
from webapp.operations.transaction import single_statement, transaction
from webapp.queries import jobs as queries
from webapp.queries import ownership
from webapp.rules.keys import without_keys

PAUSE_AT = 5
"""Escalations from failures in one job, since it started or was resumed, that pause it
(ERROR_MODEL.md). What an agent asks on its own doesn't count."""


def ensure(
    session: Session,
    project_id: str,
    job_id: str,
    session_id: str | None,
    opened_by: str | None = None,
) -> Job:
    """The job of that name, made by the first call that names it, and of the first agent's token
    that does. Inside a transaction."""
    query = select(Job).where(Job.project_id == project_id, Job.job_id == job_id)
    job = session.scalar(query)
    if job is None:
        values = {
            "project_id": project_id,
            "job_id": job_id,
            "session_id": session_id,
            "created_at": now(),
            "opened_by": opened_by,
        }
        # A concurrent first call may win: then its row is read.
        session.execute(insert(Job).values(**values).on_conflict_do_nothing())
        job = session.scalars(query).one()
    if job.opened_by is None and opened_by is not None:
        job.opened_by = opened_by
    if session_id and job.session_id != session_id:
        job.session_id = session_id
    return job


def project_of(session: Session, job_id: str, project_id: str | None, *, by: Actor) -> str:
    """The project a call means: the one it names, the token's only one, or that of the one job."""
    if project_id is not None:
        return project_id
    if by.projects is not None and len(by.projects) == 1:
        return next(iter(by.projects))
    try:
        return queries.find(session, job_id, None, by=by).project_id
    except NotFound:
        raise NotFound(
            lazy_gettext(
                "None of your projects has a job %(job)s yet. Add project_id to name its project.",
                job=repr(job_id),
            )
        ) from None


# A change of a job, and the event that says what is new of it, in one statement, because agents
# tell how they are doing all the time. It finds nothing where the job is new, or nothing is new of
# it; nor where it is paused and the agent says how it is.
_TELL = text(
    """
    with known as materialized (
        select id, jsonb_strip_nulls(jsonb_build_object(
            'title', case when title is distinct from :title then :title end,
            'state', case when state <> :state then :state end,
            'summary', case when summary is distinct from :summary then :summary end,
            'result_url', case when result_url is distinct from :result_url then :result_url end,
            'preview', case when preview is distinct from :preview then :preview end)) as news
        from jobs where project_id = :project_id and job_id = :job_id
            and (state <> 'paused' or :state is null)
        for no key update
    ), job as (
        update jobs set session_id = coalesce(:session_id, session_id),
            title = coalesce(:title, title), state = coalesce(:state, state),
            summary = coalesce(:summary, summary), preview = coalesce(:preview, preview),
            result_url = coalesce(:result_url, result_url),
            last_seq = last_seq + 1, last_event_at = :at
        from known where jobs.id = known.id and news <> '{}'
        returning jobs.*, news
    ), event as (
        insert into job_events (job, seq, kind, at, payload)
        select id, last_seq, :kind, :at, news from job
    )
    select * from job
    """
).bindparams(
    *(
        bindparam(name, type_=String)
        for name in ("title", "state", "session_id", "summary", "result_url", "preview")
    ),
)


def tell(
    job_id: str,
    project_id: str | None,
    *,
    by: Actor,
    session_id: str | None = None,
    title: str | None = None,
    state: str | None = None,
    summary: str | None = None,
    result_url: str | None = None,
    preview: str | None = None,
) -> Job:
    """Tell or change a job. What is None stays; only a real change is an event. No key in a title
    or a summary is kept. Raises Forbidden where an agent sets what is shown as the result of a job
    that another token opened: a founder would follow its link as that agent's."""
    title = None if title is None else without_keys(title)
    summary = None if summary is None else without_keys(summary)
    project_id = project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "tell about jobs of this project")
    if (summary, result_url, preview) != (None, None, None):
        _require_own(db.session(), project_id, job_id, by=by)
    changes: dict[str, Any] = {"session_id": session_id, "title": title, "state": state}
    changes |= {"summary": summary, "result_url": result_url, "preview": preview}
    changes |= {"project_id": project_id, "job_id": job_id}
    changes |= {"kind": Kind.JOB_CHANGED.value, "at": now()}
    with single_statement("tell") as session:
        changed = _change(session, changes)
    if changed is not None:
        return changed
    with transaction("tell") as session:
        job = ensure(session, project_id, job_id, session_id, by.opens_in(project_id))
        session.refresh(job, with_for_update={"key_share": True})
        if state is not None and job.state == "paused":
            raise Conflict(
                lazy_gettext(
                    "This job is paused. Someone who can answer in the project can "
                    "resume it on its page."
                )
            )
        return _change(session, changes) or job


def _require_own(session: Session, project_id: str, job_id: str, *, by: Actor) -> None:
    if not ownership.opened(session, project_id, job_id, by=by):
        raise Forbidden(OTHERS_JOB)


def _change(session: Session, changes: dict[str, Any]) -> Job | None:
    """The job as it is told, or None where there was nothing to change."""
    query = select(Job).from_statement(_TELL).execution_options(populate_existing=True)
    job: Job | None = session.scalar(query, changes)
    if job is not None:
        log.touch(session, job.id)
    return job


def resume(job_id: str, project_id: str | None, *, by: Actor, key: str | None = None) -> Job:
    """Let a paused job go on, with a fresh count of questions. `key` is the caller's
    Idempotency-Key: its own repetition finds the job as it is now."""
    resume_key = key and f"{by.ref} {key}"
    with transaction("resume") as session:
        job = queries.find(session, job_id, project_id, by=by)
        by.require(ANSWERING, job.project_id, lazy_gettext("resume a job"))
        session.refresh(job, with_for_update={"key_share": True})
        if job.state != "paused" and resume_key and resume_key == job.resume_key:
            return job
        if job.state != "paused":
            raise Conflict(lazy_gettext("This job isn't paused, so there's nothing to resume."))
        job.state = "working"
        job.escalations_since_resume = 0
        job.resume_key = resume_key
        record(session, job.id, Kind.BUILD_RESUMED, resumed_by=by.name)
        audit.note(
            session,
            by=by,
            action=Action.JOB_RESUMED,
            project_id=job.project_id,
            subject=f"job:{job.job_id}",
        )
    return job
