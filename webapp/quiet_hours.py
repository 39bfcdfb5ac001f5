"""Quiet hours: a daily span in a person's own time zone, in which no message is sent."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

_PLACE: Final = re.compile(
    "(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/"
)

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
"""Monday is 0."""


def end_of(
    moment: datetime, zone: str, start: int, end: int, days: Collection[int] = EVERY_DAY
) -> datetime | None:
    """When the quiet hours end in which `moment` falls; None if it falls in none.

    `start` and `end` are minutes after midnight on the clock of the zone. A span whose end is not
    after its start crosses midnight; it belongs to the day on which it starts.
    """
    clock = ZoneInfo(zone)
    today = moment.astimezone(clock).date()
    for day in (today - timedelta(days=1), today):
        if day.weekday() not in days:
            continue
        begins = _moment(day, start, clock)
        ends = _moment(day if end > start else day + timedelta(days=1), end, clock)
        if begins <= moment < ends:
            return ends
    return None


def latest(moment: datetime, zone: str, minutes: int) -> datetime:
    """When it was last so many minutes after midnight on the clock of the zone, at `moment` or
    before; in that zone."""
    clock = ZoneInfo(zone)
    today = moment.astimezone(clock).date()
    at = _moment(today, minutes, clock)
    if at > moment:
        at = _moment(today - timedelta(days=1), minutes, clock)
    return at.astimezone(clock)


def _moment(day: date, minutes: int, clock: ZoneInfo) -> datetime:
    # Put together on the wall clock, so that 7:00 is 7:00 also where the clocks change at night.
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), clock)
    return wall.astimezone(UTC)


@lru_cache(maxsize=1)
def zones() -> list[str]:
    """The names of the time zones of places, and UTC."""
    return sorted(name for name in available_timezones() if _PLACE.match(name) or name == "UTC")
