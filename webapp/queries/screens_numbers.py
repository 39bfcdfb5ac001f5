"""What the page of plain numbers shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.queries import numbers, projects, screens_problems
from webapp.queries.numbers import Answers, Bar, Period

FREQUENT_SHOWN = 8


@dataclass(frozen=True)
class Numbers:
    """The figures of a period. `healed` problems were solved without asking anyone, `unsolved` ones
    became a question."""

    asked: int
    answers: Answers
    by_rules: int
    waited_s: float
    healed: int
    unsolved: int

    @property
    def healed_share(self) -> float | None:
        """The part of problems that nobody was asked about, of those solved so or asked about."""
        return self.healed / self.problems if self.problems else None

    @property
    def problems(self) -> int:
        """How many problems were solved or asked about."""
        return self.healed + self.unsolved

    def __bool__(self) -> bool:
        return bool(
            self.asked
            or self.answers.answered
            or self.answers.skipped
            or self.answers.expired
            or self.by_rules
            or self.healed
        )


def page(session: Session, by: Actor, period: Period) -> dict[str, Any]:
    """The figures, the chart's bars, and the most frequent problems with their counts."""
    frequent = numbers.frequent(session, period, FREQUENT_SHOWN, by=by)
    rows = screens_problems.rows(session, [problem for problem, _ in frequent])
    bars = numbers.bars(session, period, by=by)
    return {
        "period": period,
        "numbers": Numbers(
            asked=sum(bar.asked for bar in bars),
            answers=numbers.answers(session, period, by=by),
            by_rules=sum(bar.by_rules for bar in bars),
            waited_s=numbers.waited_s(session, period, by=by),
            healed=numbers.healed_alone(session, period, by=by),
            unsolved=numbers.asked_about(session, period, by=by),
        ),
        "bars": bars,
        "highest": _highest(bars),
        "frequent": [(row, count) for row, (_, count) in zip(rows, frequent, strict=True)],
        "projects": projects.names(session, by=by),
    }


def _highest(bars: list[Bar]) -> int:
    """The top of the chart; at least one, so that there is something to divide by."""
    return max([1, *(max(bar.asked, bar.answered) for bar in bars)])
