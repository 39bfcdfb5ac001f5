"""The history: questions that no longer wait, searched and filtered, the latest first."""

import string
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.actors import Actor
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.queries.escalations import narrow
from webapp.queries.pages import Page, decode, encode, keyset
from webapp.queries.scope import visible

OUTCOMES: Final = ("resolved", "worked", "failed", "skipped", "withdrawn", "expired")
"""What a question can be filtered by: how it was closed, or what became of its answer."""

BY_RULE: Final = "rule"
"""The person that stands for all standing rules."""

FEW: Final = 5000
"""So many hits of a search are sorted as they are; where there are more, the index of the history
meets one soon enough."""

_MOST_WORDS: Final = 12
_MOST_JOBS: Final = 200
_SPACES: Final = str.maketrans(dict.fromkeys(string.punctuation, " "))
_ORDER: Final = (AgentEscalation.resolved_at, AgentEscalation.id)


@dataclass(frozen=True)
class Filters:
    """What is looked for; what is empty does not matter. `since` and `until` are days in UTC, both
    included; `person` is `person:7` or `rule`; `job` is a part of a job's name or title."""

    q: str = ""
    project: str = ""
    job: str = ""
    status: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None

    def query(self) -> str:
        """The filters as the part of an address behind the question mark."""
        return urlencode({name: str(value) for name, value in asdict(self).items() if value})

    def __bool__(self) -> bool:
        return bool(self.query())


@dataclass(frozen=True)
class Found:
    """A page of questions. `count` is how many there are in all, or None where nobody counted."""

    page: Page[AgentEscalation]
    count: int | None


def search(
    session: Session, filters: Filters, *, by: Actor, limit: int, cursor: str | None = None
) -> Found:
    """What fits the filters, the latest first."""
    query = _matching(session, filters, by)
    if filters.q:
        hits = _hits(session, query)
        if len(hits) <= FEW:
            return Found(_page_of(session, hits, limit, cursor), len(hits))
    order, found = _ORDER, AgentEscalation
    if filters.job:
        # Found as a whole and put in order then. PostgreSQL takes the questions of these jobs for
        # evenly spread, and would look for them through the whole history, the latest first.
        found = aliased(AgentEscalation, query.offset(0).subquery())
        query, order = select(found), (found.resolved_at, found.id)
    query = query.options(*narrow(found))
    return Found(keyset(session, query, order, limit, cursor, newest_first=True), None)


def _hits(session: Session, query: Select[Any]) -> list[tuple[datetime, uuid.UUID]]:
    """The places of all hits, or of one more than FEW, the latest first.

    Without an order in the query: PostgreSQL would otherwise walk through the whole history for a
    rare word, because it takes each word for a frequent one.
    """
    rows = session.execute(query.with_only_columns(*_ORDER).limit(FEW + 1)).all()
    return sorted(((row[0], row[1]) for row in rows if row[0]), reverse=True)


def _page_of(
    session: Session, hits: Sequence[tuple[datetime, uuid.UUID]], limit: int, cursor: str | None
) -> Page[AgentEscalation]:
    if cursor:
        position = decode(cursor, uuid.UUID)
        hits = [hit for hit in hits if hit < position]
    shown = hits[:limit]
    keys = [key for _, key in shown]
    found = {
        row.id: row
        for row in session.scalars(
            select(AgentEscalation).where(AgentEscalation.id.in_(keys)).options(*narrow())
        )
    }
    rows = [found[key] for key in keys if key in found]
    return Page(rows, encode(*shown[-1]) if len(hits) > limit else None)


def _matching(session: Session, filters: Filters, by: Actor) -> Select[AgentEscalation]:
    query = select(AgentEscalation).where(
        visible(AgentEscalation.project_id, by), AgentEscalation.resolved_at.is_not(None)
    )
    if filters.project:
        query = query.where(AgentEscalation.project_id == filters.project)
    if filters.since:
        query = query.where(AgentEscalation.resolved_at >= _midnight(filters.since))
    if filters.until and filters.until < date.max:
        after = _midnight(filters.until + timedelta(days=1))
        query = query.where(AgentEscalation.resolved_at < after)
    if filters.status:
        query = query.where(_outcome(filters.status))
    if filters.person:
        query = query.where(_person(filters.person))
    if filters.job:
        query = query.where(_asked_by(session, filters.job, by))
    return query.where(_words(filters.q)) if filters.q else query


def _outcome(status: str) -> ColumnElement[bool]:
    if status in ("worked", "failed"):
        return AgentEscalation.outcome == status
    return AgentEscalation.status == status


def _person(person: str) -> ColumnElement[bool]:
    if person == BY_RULE:
        return AgentEscalation.resolved_by_ref.startswith("rule:", autoescape=True)
    return AgentEscalation.resolved_by_ref == person


def _asked_by(session: Session, name: str, by: Actor) -> ColumnElement[bool]:
    """That a job whose name or title holds `name` waits or waited for the question."""
    jobs = session.scalars(
        select(Job.id)
        .where(
            visible(Job.project_id, by),
            or_(
                Job.job_id.icontains(name, autoescape=True),
                Job.title.icontains(name, autoescape=True),
            ),
        )
        .order_by(Job.moved_at.desc(), Job.id.desc())
        .limit(_MOST_JOBS)
    ).all()
    waited = select(EscalationWaiter.escalation_id).where(EscalationWaiter.job.in_(jobs))
    return AgentEscalation.id.in_(waited)


def _words(text: str) -> ColumnElement[bool]:
    """That each word of `text` begins a word of the question, its decision or its guidance."""
    words = text.translate(_SPACES).split()[:_MOST_WORDS]
    words_of_row = func.escalation_words(
        AgentEscalation.plain_english_problem,
        AgentEscalation.founder_guidance,
        AgentEscalation.founder_decision,
        AgentEscalation.options,
    )
    wanted = func.to_tsquery("simple", " & ".join(f"'{word}':*" for word in words))
    found: ColumnElement[bool] = words_of_row.bool_op("@@")(wanted)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
