"""The log of a simulated day, as the table in docs/explanation/notifications.md."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

Line = tuple[datetime, str, str, str, str]
"""When, who, what (with {} for the questions), why, and a question."""


def markdown(lines: Sequence[Line], numbers: Mapping[str, int], zone: ZoneInfo) -> str:
    """The log as a table: what happened in the same minute to the same person is one row. `numbers`
    are those of the questions."""
    rows = ["| in Berlin | who | what | why |", "|---|---|---|---|"]
    rows += [" | ".join(("|", *each, "|"))[2:-2].strip() for each in _rows(lines, numbers, zone)]
    return "\n".join(rows)


def _rows(
    lines: Sequence[Line], numbers: Mapping[str, int], zone: ZoneInfo
) -> Iterator[tuple[str, str, str, str]]:
    def place(line: Line) -> tuple[str, str, str, str]:
        return f"{line[0].astimezone(zone):%a %H:%M}", line[1], line[2], line[3]

    for (when, who, what, why), same in groupby(sorted(lines, key=_place_of), place):
        told = sorted({numbers[key] for *_, key in same if key})
        yield when, who, what.format(_spans(told) or "daily summary"), why


def _place_of(line: Line) -> tuple[datetime, str, str, str]:
    """The order of the log: by minute, then by person."""
    return line[0].replace(second=0, microsecond=0), line[1], line[2], line[3]


def _spans(numbers: list[int]) -> str:
    """Numbers of questions, those in a row as a span: Q1, Q4–Q7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"Q{run[0]}" if len(run) == 1 else f"Q{run[0]}–Q{run[-1]}" for run in runs)
