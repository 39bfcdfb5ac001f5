"""Figures: percentiles, ratios against a target, tables."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def ms(seconds: float) -> str:
    """Milliseconds for people: two digits that count."""
    value = seconds * 1000
    return (
        f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"
    )


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """The median of the rounds, with the lowest and highest of them."""
    text = format(median(values), form)
    if len(values) < 2:
        return text
    return f"{text} ({format(min(values), form)} to {format(max(values), form)})"


@dataclass(frozen=True)
class Ratio:
    """One figure against its target: at least, or at most. `worse` says in words what it means
    when it is missed."""

    what: str
    value: float
    target: float
    at_least: bool
    unit: str = "×"
    target_text: str = ""

    @property
    def met(self) -> bool:
        return self.value >= self.target if self.at_least else self.value <= self.target

    def row(self) -> list[str]:
        sign = "≥" if self.at_least else "≤"
        target = self.target_text or f"{sign} {self.target:g} {self.unit}"
        return [self.what, f"{self.value:.2f} {self.unit}", target, "yes" if self.met else "**no**"]


@dataclass
class Section:
    """What one comparison has to say."""

    title: str
    intro: str = ""
    ratios: list[Ratio] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    worse: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        parts = [f"## {self.title}", self.intro]
        if self.rows:
            parts.append(table(self.head, self.rows))
        parts += self.notes
        return "\n\n".join(part for part in parts if part)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
