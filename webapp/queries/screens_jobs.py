"""Reads shaped for the pages of jobs: each returns the variables that its template names."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.events import log
from webapp.events.log import Event
from webapp.models import AgentEscalation, Job
from webapp.queries import escalations, jobs
from webapp.queries.escalations import Waiting
from webapp.queries.scope import visible
from webapp.queries.screens import label_of

FEED_LENGTH = 100
JOBS_SHOWN = 50


@dataclass(frozen=True)
class Entry:
    """One line of a job's feed: the event, its question if it has one, the decision in words, and
    how many jobs wait for the answer or were released by it."""

    event: Event
    question: AgentEscalation | None
    decision: str | None
    waiting: int = 1


def jobs_list(session: Session, by: Actor, key: str = "") -> dict[str, Any]:
    """The jobs that moved last; `key` is the cursor of an older page."""
    page = jobs.listed(session, by=by, limit=JOBS_SHOWN, cursor=key or None)
    return {"jobs": page.rows, "older": page.next_cursor, "first": not key}


def job(session: Session, by: Actor, key: str) -> Job:
    """The job of that key, or NotFound when it does not exist or the caller may not see it."""
    found = None
    if key.isdecimal() and len(key) < 19:
        found = session.scalar(select(Job).where(Job.id == int(key), visible(Job.project_id, by)))
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
