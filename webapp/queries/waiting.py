"""The questions that wait for a person, in the order of the inbox: what holds up most comes first.

The order is that of the whole inbox; a page is a stretch of it. A question's place can change (a
job pauses, a second job joins), so nothing of it is stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import CTE, ColumnElement, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, load_only

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.queries import pauses
from webapp.queries.escalations import waits
from webapp.queries.places import Holds, Place, cursor

PAGE_LENGTH: Final = 50
"""How many questions a page of the inbox shows."""

LATE_AFTER: Final = timedelta(hours=24)
"""So long may a question wait before the inbox calls it late."""

DUE_WITHIN: Final = timedelta(hours=1)
"""So near is a deadline that the inbox calls its question late."""


@dataclass(frozen=True)
class Placed:
    """A question with what it holds up, and how many wait in its project."""

    escalation: AgentEscalation
    holds: Holds
    in_project: int

    @property
    def is_late(self) -> bool:
        """Whether it has been waiting for too long."""
        return now() - self.escalation.created_at >= LATE_AFTER

    @property
    def is_nearly_due(self) -> bool:
        """Whether its deadline is near."""
        deadline = self.escalation.deadline_at
        return deadline is not None and deadline - now() <= DUE_WITHIN


@dataclass(frozen=True)
class Stretch:
    """Some of the waiting questions: how many stand before them, how many wait in all, and the
    cursor of the next ones, or None."""

    rows: Sequence[Placed]
    earlier: int
    count: int
    later: str | None


# What an error said and what an agent keeps may be a hundred kilobytes each, of fifty questions.
_ON_A_CARD = load_only(
    AgentEscalation.id,
    AgentEscalation.job_id,
    AgentEscalation.project_id,
    AgentEscalation.plain_english_problem,
    AgentEscalation.recommended_action,
    AgentEscalation.recommended,
    AgentEscalation.options,
    AgentEscalation.answer_schema,
    AgentEscalation.attachments,
    AgentEscalation.urgency,
    AgentEscalation.assigned_to,
    AgentEscalation.status,
    AgentEscalation.founder_decision,
    AgentEscalation.created_at,
    AgentEscalation.deadline_at,
    AgentEscalation.turned_at,
    AgentEscalation.held_until,
    AgentEscalation.urgency,
    AgentEscalation.deadline_then,
    raiseload=True,
)


def stretch(session: Session, place: Place, *, by: Actor, limit: int) -> Stretch:
    """Return the questions from the place on, in the order of the inbox."""
    line = _line(place, by)
    query = select(line).order_by(line.c.nth).limit(limit + 1)
    if place.cursor:
        query = query.where(
            tuple_(line.c.holds, line.c.moment, line.c.id) > tuple_(*place.position)
        )
    found = session.execute(query).all()
    shown = found[:limit]
    asked = _cards(session, [row.id for row in shown])
    return Stretch(
        rows=[
            Placed(asked[row.id], Holds(row.holds), row.in_project)
            for row in shown
            if row.id in asked
        ],
        earlier=shown[0].nth - 1 if shown else 0,
        count=shown[0].total if shown else 0,
        later=cursor(shown[-1].holds, shown[-1].moment, shown[-1].id)
        if len(found) > limit
        else None,
    )


def next_after(session: Session, after: uuid.UUID | None, *, by: Actor) -> uuid.UUID | None:
    """Return the question below that one in the inbox, as its pages group them by project, and
    after the last the first again; the first one without `after`, or if it no longer waits. None
    when none is left."""
    seen = _as_seen(by)
    here = select(seen.c.row).where(seen.c.id == after).scalar_subquery()
    behind = case((seen.c.row > func.coalesce(here, 0), 0), else_=1)
    query: Select[uuid.UUID] = select(seen.c.id).order_by(behind, seen.c.row).limit(1)
    return session.scalar(query)


def _as_seen(by: Actor) -> CTE:
    """All that wait, each with its row in the inbox: page by page, and on each page by project. On
    the first page, projects in which a job only has to be continued come first."""
    line = _line(Place(), by)
    on_page = ((line.c.nth - 1) // PAGE_LENGTH).label("on_page")
    in_group = func.min(line.c.nth).over(partition_by=(on_page, line.c.project_id))
    grouped = select(line.c.id, line.c.project_id, line.c.nth, on_page, in_group.label("in_group"))
    placed = grouped.cte("placed")
    resumable = pauses.resumable_projects(by).cte("resumable")
    first = case((placed.c.on_page == 0, resumable.c.nth)).asc().nulls_last()
    row = func.row_number().over(
        order_by=(placed.c.on_page, first, placed.c.in_group, placed.c.nth)
    )
    joined = placed.outerjoin(resumable, resumable.c.project_id == placed.c.project_id)
    return select(placed.c.id, row.label("row")).select_from(joined).cte("seen")


def _line(place: Place, by: Actor) -> CTE:
    """All that wait, each with its place in the line: those that hold up the same by the nearest
    deadline, or else by the longest wait."""
    asked = (
        select(
            AgentEscalation.id,
            AgentEscalation.project_id,
            AgentEscalation.created_at,
            AgentEscalation.deadline_at,
            _holds().label("holds"),
        )
        .where(*waits(by), *_fits(place))
        .cte("asked")
    )
    is_due = asked.c.holds == int(Holds.DEADLINE)
    moment = case((is_due, asked.c.deadline_at), else_=asked.c.created_at).label("moment")
    query = select(
        asked.c.id,
        asked.c.project_id,
        asked.c.holds,
        moment,
        func.row_number().over(order_by=(asked.c.holds, moment, asked.c.id)).label("nth"),
        func.count().over().label("total"),
        func.count().over(partition_by=asked.c.project_id).label("in_project"),
    )
    return query.cte("line")


def _holds() -> ColumnElement[int]:
    jobs = select(EscalationWaiter.job).where(EscalationWaiter.escalation_id == AgentEscalation.id)
    paused = jobs.join(Job, Job.id == EscalationWaiter.job).where(Job.state == "paused")
    several = jobs.offset(1)
    cannot_undo = AgentEscalation.options.contains([{"irreversible": True}])
    return case(
        (paused.correlate(AgentEscalation).exists(), literal(int(Holds.PAUSED_JOB))),
        (several.correlate(AgentEscalation).exists(), literal(int(Holds.SEVERAL_JOBS))),
        (AgentEscalation.deadline_at.is_not(None), literal(int(Holds.DEADLINE))),
        (cannot_undo, literal(int(Holds.IRREVERSIBLE))),
        else_=literal(int(Holds.ONE_JOB)),
    )


def _fits(place: Place) -> list[ColumnElement[bool]]:
    fits = [AgentEscalation.project_id == place.project] if place.project else []
    for word in place.q.split():
        titled = select(Job.id).where(
            Job.project_id == AgentEscalation.project_id,
            Job.job_id == AgentEscalation.job_id,
            Job.title.icontains(word, autoescape=True),
        )
        fits.append(
            or_(
                AgentEscalation.plain_english_problem.icontains(word, autoescape=True),
                AgentEscalation.job_id.icontains(word, autoescape=True),
                AgentEscalation.project_id.icontains(word, autoescape=True),
                titled.correlate(AgentEscalation).exists(),
            )
        )
    return fits


def _cards(session: Session, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, AgentEscalation]:
    query = select(AgentEscalation).where(AgentEscalation.id.in_(keys)).options(_ON_A_CARD)
    return {row.id: row for row in session.scalars(query)} if keys else {}
