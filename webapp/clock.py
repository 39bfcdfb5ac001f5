"""The one clock: the database's. Everything that needs the time asks `now()`.

Servers on several machines compare what each of them wrote, so their own clocks must not matter.
Each process carries the database's time forward with its monotonic clock, and compares whenever it
connects and every two seconds while it listens (events/log.py, pool.py). Before it has ever
connected, the machine's clock has to do.
"""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_anchor: tuple[datetime, float] | None = None  # a time of the database, and when that was
_own_time = False


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _anchor is None:
        return datetime.now(UTC)
    moment, at = _anchor
    return moment + timedelta(seconds=time.monotonic() - at)


def compare(moment: datetime, asked_at: float) -> None:
    """Follow the database, which said `moment` when asked at `asked_at` of the monotonic clock.
    The answer took a while: what differs by less is no difference."""
    global _anchor
    heard_at = time.monotonic()
    middle, took = (asked_at + heard_at) / 2, heard_at - asked_at
    if _own_time:
        return
    if _anchor is not None:
        expected = _anchor[0] + timedelta(seconds=middle - _anchor[1])
        if abs((moment - expected).total_seconds()) <= took / 2:
            return
    _anchor = (moment.astimezone(UTC), middle)


def keep_own_time() -> None:
    """Follow no database: tests travel in time, and take the machine's clock with them."""
    global _anchor, _own_time
    _anchor, _own_time = None, True


def zone_offset_s(zone: str, at: float) -> float | None:
    """How many seconds the time zone `zone`, such as europe/berlin, is ahead of UTC at the moment
    `at`, in seconds since 1970; None for a zone that does not exist."""
    name = "/".join(part.title().replace("_Of_", "_of_") for part in zone.split("/"))
    try:
        offset = datetime.fromtimestamp(at, ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if offset is None else offset.total_seconds()


def rfc3339(moment: datetime | None) -> str | None:
    """`moment` as RFC 3339 in UTC with a trailing Z, or None for None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
