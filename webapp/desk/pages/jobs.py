"""The jobs, one job with its feed, and its resume button."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import ANSWERING
from webapp.desk.pages.inbox import LONGEST
from webapp.desk.pages.inbox_answers import inbox_region
from webapp.desk.pages.rendering import page, query_of, region, wants_fragment
from webapp.errors import Conflict
from webapp.extensions import db
from webapp.operations import jobs as operations
from webapp.queries import jobs as queries
from webapp.queries import projects, screens_jobs
from webapp.rules.limits import clean_text


@signed_in
def jobs() -> Response:
    """Every job with its state, or those of one project; paused and waiting ones first. The first
    page is live; older ones stand still."""
    session, by = db.session(), current_actor()
    project = clean_text(request.args.get("project", ""))[:LONGEST]
    if cursor := request.args.get("cursor"):
        older = screens_jobs.older_jobs(session, by, project, cursor)
        return page("jobs/earlier.html", "quiet", **older)
    return page("jobs/page.html", "jobs", project, projects=projects.names(session, by=by))


@signed_in
def job(key: int) -> Response | Redirect:
    """One job by the desk's own number for it. With ?before= an older part of its feed."""
    if "project_id" in request.args:
        return named_job(str(key))
    found = screens_jobs.job(db.session(), current_actor(), str(key))
    may_resume = current_actor().role_in(found.project_id) in ANSWERING
    before = request.args.get("before", type=int)
    if before is None:
        return page("jobs/job.html", "job", str(key), may_resume=may_resume)
    past = screens_jobs.feed_before(db.session(), found, before)
    return page("jobs/older.html", "quiet", found=found, **past)


@signed_in
def named_job(job_id: str) -> Redirect:
    """The job by its agent's own name for it, which may be any text."""
    project_id = request.args.get("project_id")
    project_id = None if project_id is None else clean_text(project_id)
    found = queries.find(db.session(), clean_text(job_id), project_id, by=current_actor())
    return redirect(f"/jobs/{found.id}", 303)


@signed_in
def resume(key: int) -> Response | Redirect:
    """Let a paused job go on. One that goes on already is shown as it is."""
    found = screens_jobs.job(db.session(), current_actor(), str(key))
    # Where somebody was faster, the page says that the job works.
    with suppress(Conflict):
        operations.resume(found.job_id, found.project_id, by=current_actor())
    return _back(key, request.form.get("on", ""))


def _back(key: int, on: str) -> Response | Redirect:
    """The page on which the button was: the inbox, a question, or the job's own."""
    if on == "inbox":
        return inbox_region() if wants_fragment() else redirect("/", 303)
    if on == "jobs":
        return jobs_region() if wants_fragment() else redirect("/jobs", 303)
    question = _question_id(on)
    if question is not None and wants_fragment():
        return region("question", "question-state", str(question))
    if question is not None:
        return redirect(f"/escalations/{question}", 303)
    if wants_fragment():
        return region("job", "job-header", str(key))
    return redirect(f"/jobs/{key}", 303)


def jobs_region() -> Response:
    """The list of jobs as the page shows it that sent the form: all, or those of one project."""
    project = query_of("/jobs").get("project", "")
    return region("jobs", "jobs-list", clean_text(project)[:LONGEST])


def _question_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/jobs", "jobs", jobs)
    bp.add_url_rule("/jobs/<int:key>", "job", job)
    bp.add_url_rule("/jobs/<path:job_id>", "named_job", named_job)
    bp.add_url_rule("/jobs/<int:key>/resume", "resume_job", resume, methods=["POST"])
