"""Reads shaped for the pages of jobs: each returns the variables that its template names."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.errors import NotFound
from webapp.events import log
from webapp.events.log import Event
from webapp.models import AgentEscalation, Job
from webapp.queries import escalations, jobs, projects, screens_problems
from webapp.queries.escalations import Waiting
from webapp.queries.scope import visible
from webapp.queries.screens import label_of
from webapp.rules.limits import number_in

FEED_LENGTH = 100
JOBS_SHOWN = 50
PROBLEMS_SHOWN = 20


@dataclass(frozen=True)
class Entry:
    """One line of a job's feed: the event, its question if it has one, the decision in words, and
    how many jobs wait for the answer or were released by it."""

    event: Event
    question: AgentEscalation | None
    decision: str | None
    waiting: int = 1


def jobs_of(session: Session, by: Actor, key: str) -> None:
    """Raise NotFound for what is no project of the caller; without a key it is all of them."""
    if key and not projects.is_known(session, key, by=by):
        raise NotFound(lazy_gettext("Project not found. Start from the inbox."))


def jobs_list(session: Session, by: Actor, key: str = "") -> dict[str, Any]:
    """The jobs that need a person, then those that moved last; `key` is the project whose jobs
    they are, or empty for all."""
    needing = jobs.needing(session, by=by, limit=JOBS_SHOWN, project=key)
    above = [view.job.id for view in needing]
    page = jobs.listed(session, by=by, limit=JOBS_SHOWN, project=key, without=above)
    return {
        "needing": [(view, by.role_in(view.job.project_id) in ANSWERING) for view in needing],
        "jobs": page.rows,
        "older": page.next_cursor,
        "first": True,
        "project": key,
    }


def older_jobs(session: Session, by: Actor, project: str, cursor: str) -> dict[str, Any]:
    """The jobs that moved before those of an earlier page."""
    page = jobs.listed(session, by=by, limit=JOBS_SHOWN, cursor=cursor, project=project)
    return {
        "needing": [],
        "jobs": page.rows,
        "older": page.next_cursor,
        "first": False,
        "project": project,
    }


def job_story(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What came up in the job: its problems, those that came up last first, and how each stands."""
    found = job(session, by, key)
    rows = screens_problems.rows(session, jobs.problems_of(session, found.id, PROBLEMS_SHOWN))
    # The header of a paused job names the questions that wait.
    is_paused = found.state == "paused"
    return {"troubles": [row for row in rows if not (is_paused and row.waiting)]}


def job(session: Session, by: Actor, key: str) -> Job:
    """The job of that key, or NotFound when it does not exist or the caller may not see it."""
    number = number_in(key)
    query = select(Job).where(Job.id == number, visible(Job.project_id, by))
    found = None if number is None else session.scalar(query)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "Job not found. It may not exist, or you may not have access to its project."
            )
        )
    return found


def job_header(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The job with its state and counts; for a paused one, why."""
    found = job(session, by, key)
    view = jobs.view(session, found)
    return {"job": view, "pause": _pause(session, found) if found.state == "paused" else None}


def job_feed(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The latest events of the job, newest first."""
    return feed_before(session, job(session, by, key))


def feed_before(session: Session, found: Job, before: int | None = None) -> dict[str, Any]:
    """The events just before number `before`, newest first, and where the older ones begin."""
    end = found.last_seq + 1 if before is None else max(1, before)
    after = max(0, end - 1 - FEED_LENGTH)
    events = log.read(session, found.id, after, min(FEED_LENGTH, end - 1 - after))
    older = events[0].seq if events and events[0].seq > 1 else None
    entries = _entries(session, reversed(events))
    return {"entries": entries, "older": older, "key": found.id, "latest": before is None}


def _pause(session: Session, found: Job) -> list[Entry]:
    """The questions that led to the pause, from the event that told of it."""
    events = log.read(session, found.id, max(0, found.last_seq - FEED_LENGTH), FEED_LENGTH)
    paused = next((e for e in reversed(events) if e.kind == "agent.build_paused"), None)
    keys = paused.payload.get("escalation_ids") if paused else None
    questions = _questions(session, keys if isinstance(keys, list) else [])
    return [Entry(paused, question, None) for question in questions.values()] if paused else []


def _entries(session: Session, events: Iterable[Event]) -> list[Entry]:
    listed = list(events)
    questions = _questions(session, [event.payload.get("escalation_id") for event in listed])
    ids = [question.id for question in questions.values()]
    waiting = escalations.waiting_jobs(session, ids)
    return [_entry(event, questions, waiting) for event in listed]


def _entry(
    event: Event,
    questions: dict[str, AgentEscalation],
    waiting: dict[uuid.UUID, Waiting],
) -> Entry:
    question = questions.get(str(event.payload.get("escalation_id")))
    decision = event.payload.get("resolution")
    if question is not None and isinstance(decision, str):
        decision = label_of(question, decision)
    count = waiting[question.id].count if question is not None else 1
    return Entry(event, question, decision if isinstance(decision, str) else None, count)


def _questions(session: Session, keys: Iterable[Any]) -> dict[str, AgentEscalation]:
    ids = {parsed for key in keys if (parsed := _uuid(key)) is not None}
    if not ids:
        return {}
    found = session.scalars(
        select(AgentEscalation)
        .where(AgentEscalation.id.in_(ids))
        .order_by(AgentEscalation.created_at, AgentEscalation.id)
        .options(*escalations.narrow())
    )
    return {str(question.id): question for question in found}


def _uuid(key: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(key))
    except ValueError:
        return None
