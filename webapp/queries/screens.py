"""Reads shaped for one region of a page: each returns the variables that its template names.

All take (session, by, key), so that a page and its stream fill the same template the same way.
They hold nothing of one viewer: whoever may see the same projects reads the same words.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import NotFound
from webapp.models import AgentEscalation, Job
from webapp.queries import assignees, escalations, pauses, problems
from webapp.queries.waiting import Placed
from webapp.rules.option_values import value_follows
from webapp.rules.options import Note

WAITERS_SHOWN = 20
_READ: Final = "questions that were read"


@dataclass(frozen=True)
class Card:
    """A question in a list: the job that asked, how many wait with it, the decision in words."""

    escalation: AgentEscalation
    job: Job | None
    waiting: int
    decision: str
    in_place: bool = False
    """Whether the viewer can answer it in the inbox."""
    assigned_to: str | None = None
    """The name of whose question it is."""
    same: str = ""
    """What the cards have in common that can be answered together; empty for one alone."""
    waits: Placed | None = None
    """What it holds up, for a card of the inbox."""

    @property
    def suggestion(self) -> str:
        """What the agent suggests, in words."""
        return suggestion(self.escalation)


@dataclass(frozen=True)
class Choice:
    """An option as it is shown; a field that the agent left out is empty. `wait_s` is after how
    many seconds the agent tries again, if that's what it does; `shows_value` is whether it gets
    something else than the label says, so that the founder has to see it."""

    value: str
    label: str
    description: str
    recommended: bool
    irreversible: bool = False
    repeatable: bool = False
    needs_words: bool = False
    wait_s: int | None = None
    shows_value: bool = False

    @property
    def in_one_tap(self) -> bool:
        """Whether a tap in the inbox gives this answer: it can be undone and needs no words."""
        return not (self.irreversible or self.needs_words)


def inbox_counts(session: Session, by: Actor, _key: str = "") -> dict[str, Any]:
    """How many cards the inbox has: the questions that wait, and the jobs that only wait for
    somebody to let them continue."""
    asked = escalations.waiting_count(session, by=by)
    return {"waiting": asked + pauses.resumable_count(session, by=by)}


@contextmanager
def read_once(session: Session) -> Iterator[None]:
    """Inside, a question is read once, however many regions of a page show it: what its agent told
    may be hundreds of kilobytes."""
    if _READ in session.info:
        yield
        return
    session.info[_READ] = {}
    try:
        yield
    finally:
        del session.info[_READ]


def question(session: Session, by: Actor, key: str) -> AgentEscalation:
    """The escalation of that id; NotFound also for what is no id."""
    try:
        escalation_id = uuid.UUID(key)
    except ValueError as error:
        raise NotFound(lazy_gettext("Question not found. Start from the inbox.")) from error
    read: dict[tuple[uuid.UUID, str], AgentEscalation] = session.info.get(_READ, {})
    found = read.get((escalation_id, by.ref))
    if found is None:
        found = escalations.find(session, escalation_id, by=by)
        read[escalation_id, by.ref] = found
    return found


def question_waiters(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The jobs that wait for the answer, each of them that joined with its own words."""
    escalation = question(session, by, key)
    shown = escalations.first_waiters(session, escalation.id, WAITERS_SHOWN)
    joined = [job for job in shown if job.job_id != escalation.job_id]
    latest = problems.latest_attempts(session, escalation, joined) if joined else {}
    return {
        "escalation": escalation,
        "waiting_jobs": [(job, latest.get(job.id)) for job in shown],
        "waiting_count": escalations.waiting_jobs(session, [escalation.id])[escalation.id].count,
    }


def question_attempts(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What was tried, and how often the problem came up."""
    return {"escalation": question(session, by, key)}


def cards(session: Session, rows: Sequence[AgentEscalation], by: Actor | None = None) -> list[Card]:
    """The questions with their jobs, in one more query. `by` is who may answer them there."""
    waiting = escalations.waiting_jobs(session, [row.id for row in rows])
    names = {} if by is None else assignees.names(session, rows)
    return [
        Card(
            escalation=row,
            job=waiting[row.id].asker,
            waiting=waiting[row.id].count,
            decision=decision_label(row) or "",
            in_place=by is not None and _answers_in_place(row, by),
            assigned_to=names.get(row.assigned_to),
        )
        for row in rows
    ]


def _answers_in_place(escalation: AgentEscalation, by: Actor) -> bool:
    may_answer = by.role_in(escalation.project_id) in ANSWERING
    return may_answer and bool(in_one_tap(escalation))


def in_one_tap(escalation: AgentEscalation) -> list[Choice]:
    """The choices that a tap in the inbox gives; none where a question wants more than that."""
    if escalation.answer_schema or escalation.attachments:
        return []
    return [choice for choice in choices(escalation) if choice.in_one_tap]


def job_of(session: Session, escalation: AgentEscalation) -> Job | None:
    """The job that asked."""
    return session.scalar(
        select(Job).where(Job.project_id == escalation.project_id, Job.job_id == escalation.job_id)
    )


def choices(escalation: AgentEscalation) -> list[Choice]:
    """The options as they are shown, with the one that the agent recommends."""
    return [
        Choice(
            value=str(option["value"]),
            label=str(option.get("label") or option["value"]),
            description=str(option.get("description") or ""),
            recommended=option["value"] == escalation.recommended,
            irreversible=option.get("irreversible") is True,
            repeatable=option.get(Note.REPEATABLE) is True,
            needs_words=option.get(Note.NEEDS_WORDS) is True,
            wait_s=_wait_s(option),
            shows_value=not value_follows(option),
        )
        for option in escalation.options
    ]


def _wait_s(option: dict[str, Any]) -> int | None:
    """After how many seconds the agent tries again if this is chosen now."""
    until: int | None = option.get(Note.WAIT_UNTIL)
    if until is None:
        return option.get(Note.WAIT_S)
    return max(round(until - now().timestamp()), 0)


def advice(escalation: AgentEscalation) -> str:
    """What the agent suggests, in full. A bare value reads as its option."""
    words = escalation.recommended_action.strip()
    return label_of(escalation, words) or ""


def suggestion(escalation: AgentEscalation) -> str:
    """What the agent suggests, for a card: the label of the option that it recommends, else its
    words."""
    return label_of(escalation, escalation.recommended) or advice(escalation)


def decision_label(escalation: AgentEscalation) -> str | None:
    """What was decided, in the words that the founder chose."""
    return escalation.label


def label_of(escalation: AgentEscalation, value: str | None) -> str | None:
    """The label of an option of this question; the value itself where it is none of them."""
    return escalation.label_of(value)
