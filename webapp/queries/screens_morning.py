"""What happened since a person last looked: what was built, what they decided and what came of it,
what agents solved alone, and what waits now. It sends as many statements, however much
happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.actors import Actor
from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, Job, JobEvent, Person, Problem
from webapp.queries import waiting
from webapp.queries.escalations import narrow
from webapp.queries.places import Place
from webapp.queries.scope import visible
from webapp.queries.screens import Card, cards
from webapp.queries.screens_problems import Row, rows

SHOWN: Final = 10
"""The rows of a part of the page."""

WAITING_SHOWN: Final = 5
FIRST_LOOK: Final = timedelta(days=1)
"""How far back somebody looks who never looked before."""

LONGEST: Final = timedelta(days=30)
OUTCOMES_WITHIN: Final = timedelta(days=14)
"""How old an answer may be whose outcome is news."""


def morning(session: Session, by: Actor) -> dict[str, Any]:
    """The parts of the page, each the latest first, and the moments between which it looks."""
    until = now()
    since = _since(session, by, until)
    stretch = waiting.stretch(session, Place(), by=by, limit=WAITING_SHOWN)
    return {
        "since": since,
        "until": until,
        "built": _built(session, since, by),
        "decided": _decided(session, since, by),
        "solved": _solved(session, since, by),
        "by_rules": _by_rules(session, since, by),
        "waits": [row.escalation for row in stretch.rows],
        "shown": SHOWN,
        "more_wait": stretch.count - len(stretch.rows),
    }


def _since(session: Session, by: Actor, until: datetime) -> datetime:
    query = select(Person.morning_at).where(Person.id == by.person_id)
    looked: datetime | None = session.scalar(query)
    return max(looked or until - FIRST_LOOK, until - LONGEST)


def _built(session: Session, since: datetime, by: Actor) -> Sequence[Job]:
    """The jobs that moved and tell of it: they are finished, or say how far they are."""
    query = (
        select(Job)
        .where(
            Job.moved_at >= since,
            or_(Job.state.in_(("finished", "failed")), Job.summary.is_not(None)),
            visible(Job.project_id, by),
        )
        .order_by(Job.moved_at.desc(), Job.id.desc())
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _decided(session: Session, since: datetime, by: Actor) -> list[Card]:
    """What the person answered or skipped, and older answers of theirs whose outcome is news."""
    moved = func.greatest(AgentEscalation.resolved_at, AgentEscalation.outcome_at)
    query = (
        select(AgentEscalation)
        .where(
            AgentEscalation.resolved_at >= since - OUTCOMES_WITHIN,
            moved >= since,
            AgentEscalation.resolved_by_ref == by.ref,
            AgentEscalation.status.in_(("resolved", "skipped")),
            visible(AgentEscalation.project_id, by),
        )
        .order_by(moved.desc(), AgentEscalation.id)
        .limit(SHOWN)
        .options(*narrow())
    )
    return cards(session, session.scalars(query).all())


def _solved(session: Session, since: datetime, by: Actor) -> list[tuple[Row, int]]:
    """The problems that agents solved, and nobody was asked about, each with how often. What an
    earlier answer solved is that answer's outcome."""
    question = aliased(AgentEscalation)
    was_asked = (
        select(question.id)
        .where(
            question.error_signature == Problem.error_signature,
            question.project_id == Problem.project_id,
            or_(question.created_at >= since, question.outcome_at >= since),
            question.created_at <= JobEvent.at,
        )
        .exists()
    )
    times = func.count(JobEvent.seq)
    query = (
        select(Problem, times)
        .join(Job, Job.project_id == Problem.project_id)
        .join(JobEvent, JobEvent.job == Job.id)
        .where(
            JobEvent.kind == Kind.ERROR_HEALED.value,
            JobEvent.at >= since,
            Problem.error_signature == JobEvent.payload["error_signature"].astext,
            visible(Problem.project_id, by),
            not_(was_asked),
        )
        .group_by(Problem.id)
        .order_by(func.max(JobEvent.at).desc(), Problem.id)
        .limit(SHOWN)
    )
    found = session.execute(query).all()
    shown = rows(session, [row[0] for row in found])
    return [(problem, row[1]) for problem, row in zip(shown, found, strict=True)]


def _by_rules(session: Session, since: datetime, by: Actor) -> int:
    """How many questions standing rules answered."""
    query = select(func.count()).where(
        AgentEscalation.resolved_at >= since,
        AgentEscalation.resolved_by_ref.like("rule:%"),
        visible(AgentEscalation.project_id, by),
    )
    return session.scalar(query) or 0
