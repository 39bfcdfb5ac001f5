"""Plain numbers over a period: what was asked, how quickly it was answered, how much agents solved
by themselves. Days are those of UTC; the period ends now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, cast, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from webapp.actors import Actor
from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.models import (
    AgentEscalation,
    Attempt,
    EscalationWaiter,
    Job,
    JobEvent,
    Problem,
)
from webapp.queries.scope import visible

PERIODS: Final = {7: 1, 30: 1, 90: 7}
"""The periods in days, each with the days of one bar of its chart."""

QUICKNESS: Final = (300, 3600, 86_400)
"""The seconds that part quick answers from slow ones: five minutes, an hour, a day."""

_ref = AgentEscalation.resolved_by_ref


@dataclass(frozen=True)
class Period:
    """What is counted: the last `days` days, today included, of one project or of all of them."""

    days: int
    project: str = ""

    @property
    def since(self) -> datetime:
        """The first moment of the period."""
        start = now().date() - timedelta(days=self.days - 1)
        return datetime.combine(start, time(), now().tzinfo)

    @property
    def step(self) -> int:
        """How many days a bar of the chart stands for."""
        return PERIODS[self.days]


@dataclass(frozen=True)
class Answers:
    """The answers of people, and how many questions they skipped or let expire, which is no answer.
    Times in seconds, None where there was no answer."""

    answered: int
    skipped: int
    expired: int
    median_s: float | None
    slow_s: float | None
    quickness: tuple[int, ...]


@dataclass(frozen=True)
class Bar:
    """What people were asked and answered in the days from `start` to `end`, and how often a
    standing rule answered so that nobody was asked."""

    start: date
    end: date
    asked: int
    answered: int
    by_rules: int


def answers(session: Session, period: Period, *, by: Actor) -> Answers:
    """How many questions people answered, and how long they had waited then."""
    took = func.extract("epoch", AgentEscalation.resolved_at - AgentEscalation.created_at)
    given, no = (AgentEscalation.status == state for state in ("resolved", "skipped"))
    first, hour, day = QUICKNESS

    def slot(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(given, *conditions)

    def share(part: float) -> ColumnElement[float]:
        return func.percentile_cont(part).within_group(took).filter(given)

    row = session.execute(
        select(
            slot(),
            func.count().filter(no),
            func.count().filter(AgentEscalation.status == "expired"),
            share(0.5),
            share(0.9),
            slot(took <= first),
            slot(took > first, took <= hour),
            slot(took > hour, took <= day),
            slot(took > day),
        ).where(*_closed_in(period, by, (*_BY_PEOPLE, "expired")))
    ).one()
    median, slow = (None if value is None else float(value) for value in row[3:5])
    return Answers(row[0], row[1], row[2], median, slow, tuple(row[5:]))


def waited_s(session: Session, period: Period, *, by: Actor) -> float:
    """For how many seconds jobs waited for answers within the period, all jobs together."""
    began = func.greatest(EscalationWaiter.joined_at, period.since)
    ended = func.coalesce(AgentEscalation.resolved_at, now())
    waited = func.sum(func.greatest(func.extract("epoch", ended - began), 0))
    query = (
        select(waited)
        .select_from(AgentEscalation)
        .join(EscalationWaiter, EscalationWaiter.escalation_id == AgentEscalation.id)
        .where(
            or_(
                AgentEscalation.resolved_at >= period.since,
                AgentEscalation.status == "pending",
            ),
            *_scope(period, by, AgentEscalation.project_id),
        )
    )
    return float(session.scalar(query) or 0)


def asked_about(session: Session, period: Period, *, by: Actor) -> int:
    """How many problems became a question that a person had to answer. What an agent asks on its
    own is no problem that it failed to solve."""
    query = select(func.count()).where(
        AgentEscalation.from_report,
        AgentEscalation.created_at >= period.since,
        or_(_ref.is_(None), _ref.not_like("rule:%")),
        *_scope(period, by, AgentEscalation.project_id),
    )
    return session.scalar(query) or 0


def healed_alone(session: Session, period: Period, *, by: Actor) -> int:
    """How often agents solved a problem that nobody was asked about in the period before."""
    question = aliased(AgentEscalation)
    was_asked = (
        select(question.id)
        .where(
            question.error_signature == JobEvent.payload["error_signature"].astext,
            question.project_id == Job.project_id,
            question.created_at >= period.since,
            question.created_at <= JobEvent.at,
        )
        .exists()
    )
    query = (
        select(func.count())
        .select_from(JobEvent)
        .join(Job, Job.id == JobEvent.job)
        .where(
            JobEvent.kind == Kind.ERROR_HEALED.value,
            JobEvent.at >= period.since,
            *_scope(period, by, Job.project_id),
            not_(was_asked),
        )
    )
    return session.scalar(query) or 0


def frequent(
    session: Session, period: Period, limit: int, *, by: Actor
) -> Sequence[tuple[Problem, int]]:
    """The problems that came up most often, each with how often."""
    times = func.count(Attempt.id)
    query = (
        select(Problem, times)
        .join(Attempt, Attempt.problem_id == Problem.id)
        .where(Attempt.at >= period.since, *_scope(period, by, Problem.project_id))
        .group_by(Problem.id)
        .order_by(times.desc(), Problem.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def bars(session: Session, period: Period, *, by: Actor) -> list[Bar]:
    """What was asked and answered day by day, or week by week; the latest stands last."""
    by_rule = _ref.like("rule:%")
    asked = _per_bar(
        session,
        period,
        AgentEscalation.created_at,
        (func.count().filter(or_(_ref.is_(None), not_(by_rule))), func.count().filter(by_rule)),
        (
            AgentEscalation.created_at >= period.since,
            *_scope(period, by, AgentEscalation.project_id),
        ),
    )
    answered = _per_bar(
        session,
        period,
        AgentEscalation.resolved_at,
        (func.count().filter(AgentEscalation.status == "resolved"),),
        _closed_in(period, by),
    )
    last, first = now().date(), period.since.date()
    found = []
    for back in range((period.days - 1) // period.step, -1, -1):
        end = last - timedelta(days=back * period.step)
        start = max(first, end - timedelta(days=period.step - 1))
        of_people, of_rules = asked.get(back, (0, 0))
        found.append(Bar(start, end, of_people, answered.get(back, (0,))[0], of_rules))
    return found


def _per_bar(
    session: Session,
    period: Period,
    moment: InstrumentedAttribute[Any],
    counts: tuple[ColumnElement[int], ...],
    conditions: tuple[ColumnElement[bool], ...],
) -> dict[int, tuple[int, ...]]:
    """The counts of each bar, which are numbered back from today's."""
    tomorrow = datetime.combine(now().date() + timedelta(days=1), time(), now().tzinfo)
    age_s = func.extract("epoch", tomorrow - moment)
    back = func.greatest(func.ceil(age_s / (period.step * 86_400)) - 1, 0)
    bar = cast(back, Integer).label("bar")
    query = select(bar, *counts).where(*conditions).group_by(bar)
    return {row[0]: tuple(row[1:]) for row in session.execute(query)}


_BY_PEOPLE: Final = ("resolved", "skipped")


def _closed_in(
    period: Period, by: Actor, statuses: Sequence[str] = _BY_PEOPLE
) -> tuple[ColumnElement[bool], ...]:
    return (
        AgentEscalation.resolved_at >= period.since,
        AgentEscalation.status.in_(statuses),
        or_(_ref.is_(None), _ref.not_like("rule:%")),
        *_scope(period, by, AgentEscalation.project_id),
    )


def _scope(
    period: Period, by: Actor, project_id: InstrumentedAttribute[Any]
) -> tuple[ColumnElement[bool], ...]:
    if period.project:
        return visible(project_id, by), project_id == period.project
    return (visible(project_id, by),)
