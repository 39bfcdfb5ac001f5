"""The time that a message names: "retry after 60 seconds", `Retry-After: 120`, "resets at 12:00
UTC".

A program that says "retrying in 5 seconds" speaks of itself, so only what is said to the caller
counts, and a clock time only together with its zone.
"""

import re
from calendar import timegm
from collections.abc import Callable, Iterator
from email.utils import mktime_tz, parsedate_tz
from typing import Final

from webapp.rules.catalog import UNRECOGNISED
from webapp.rules.categories import Category
from webapp.rules.classification import Classification
from webapp.rules.limits import excerpt

LONGEST_S: Final = 90 * 86_400.0
"""What is named further away is no wait."""

_DAY_S: Final = 86_400.0
_EPOCH_FROM: Final = 1_000_000_000
_EPOCH_MS_FROM: Final = 1_000_000_000_000
_UNITS_S: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_UNIT: Final = (
    r"(?:milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d"
    r"|weeks?|w)(?![a-z])"
)
_PART: Final = rf"(?:\d{{1,8}}(?:\.\d{{1,9}})?[ -]?|(?:an?|one) ){_UNIT}"
_LENGTH: Final = rf"({_PART}(?:(?:,? and |, ?| )?{_PART}){{0,4}})"
_ABOUT: Final = r"(?:about |around |approximately |at least |another |up to |~ ?)?"
_RETRY: Final = (
    r"(?:(?<!will )\bre-?try(?: (?:your|the|this) request)?|\btry (?:\w+ ){0,3}?again"
    r"|\b(?:be )?available(?: again)?|\bcome back|\breset\w*|\brenew\w*|\brefresh\w*|\block\w*"
    r"|\bunlock\w*|\bblocked|\bwait)"
)
_ZONE: Final = r"\(?(utc|gmt|z\b|[a-z]{3,12}/[a-z_]{3,20}(?:/[a-z_]{3,20})?)\)?"

_IN = re.compile(rf"{_RETRY}(?: again)? (?:in|after|for|within) {_ABOUT}{_LENGTH}", re.I)
_PLEASE_WAIT = re.compile(
    rf"\b(?:please|must|to|should) wait {_ABOUT}{_LENGTH}"
    rf"|\bwait {_ABOUT}{_LENGTH} (?:before|and|then|until)",
    re.I,
)
_HEADER = re.compile(
    r"\bretry[-_ ]?(?:after|delay)[-_ ]?(ms|s|secs|seconds|in)?[\"']?\s{0,3}(?:[:=]|\bis\b)\s{0,3}"
    rf"[\"']?(?:{_LENGTH}|(\d{{1,9}}(?:\.\d{{1,9}})?)(?![\d:-]))",
    re.I,
)
_HEADER_DATE = re.compile(
    r"\bretry-after[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
    r"([a-z]{3}, \d{1,2} [a-z]{3} \d{4} \d\d:\d\d:\d\d gmt)",
    re.I,
)
_RESET_HEADER = re.compile(
    r"\b(?:x-)?rate-?limit-reset(?:-[a-z]+)?[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
    rf"(?:{_LENGTH}|(\d{{1,13}})(?![\d:-]))",
    re.I,
)
_AT: Final = rf"{_RETRY}(?: again)?(?: at| after| on| until| from)?:? "
_AT_DATE = re.compile(
    rf"{_AT}(\d{{4}})-(\d\d)-(\d\d)[t ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?"
    r" ?(z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.I,
)
_AT_CLOCK = re.compile(rf"{_AT}(\d{{1,2}})(?::(\d\d))?(?::\d\d)? ?(am|pm)?,? ?{_ZONE}", re.I)
_AT_EPOCH = re.compile(rf"{_AT}(\d{{10,13}})\b", re.I)
_SPLIT = re.compile(rf"(\d+(?:\.\d+)?(?=[ -]?[a-z])|(?:an?|one)(?= ))[ -]?({_UNIT})", re.I)
_HINT = re.compile(r"retry|again|reset|wait|available|come back|renew|refresh|lock", re.I)


ZoneOffset = Callable[[str, float], float | None]
"""How many seconds a zone such as Europe/Berlin is ahead of UTC at that moment, or None."""


def wait_named_by(
    found: Classification, message: str, at: float, zone_offset: ZoneOffset
) -> float | None:
    """Return for how many seconds from `at` on the message says to wait, or None. What is wrong
    with the program doesn't pass with time, whatever its message says."""
    if found.category is Category.CODE_ERROR and found.rule != UNRECOGNISED.name:
        return None
    return named_wait_s(message, at, zone_offset)


def named_wait_s(message: str, at: float, zone_offset: ZoneOffset) -> float | None:
    """Return the first time that the message names, in seconds from `at` on, which counts from
    1970; None without one, or where it is past or too far away."""
    text = " ".join(excerpt(message).split())
    if not _HINT.search(text):
        return None
    for look in (_lengths, _headers, _dates):
        for seconds in look(text, at):
            if 0 < seconds <= LONGEST_S:
                return round(seconds, 3)
    return next((round(one, 3) for one in _clocks(text, at, zone_offset) if one <= LONGEST_S), None)


def _headers(text: str, at: float) -> Iterator[float]:
    for found in _HEADER.finditer(text):
        unit, length, bare = found.groups()
        scale = 0.001 if (unit or "").lower() == "ms" else 1
        yield _seconds(length) if length else float(bare) * scale
    for found in _HEADER_DATE.finditer(text):
        parsed = parsedate_tz(found[1])
        if parsed is not None and _is_a_time(*parsed[1:6]):
            yield mktime_tz(parsed) - at
    for found in _RESET_HEADER.finditer(text):
        length, bare = found.groups()
        yield _seconds(length) if length else _from_number(int(bare), at)


def _lengths(text: str, _at: float) -> Iterator[float]:
    for pattern in (_IN, _PLEASE_WAIT):
        for found in pattern.finditer(text):
            yield _seconds(next(group for group in found.groups() if group))


def _dates(text: str, at: float) -> Iterator[float]:
    for found in _AT_DATE.finditer(text):
        year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
        if _is_a_time(month, day, hour, minute, second):
            moment = timegm((year, month, day, hour, minute, second))
            yield moment - _offset(found[7]) - at
    for found in _AT_EPOCH.finditer(text):
        yield _from_number(int(found[1]), at)


def _is_a_time(month: int, day: int, hour: int, minute: int, second: int) -> bool:
    in_calendar = 1 <= month <= 12 and 1 <= day <= 31
    return in_calendar and hour < 24 and minute < 60 and second < 61


def _offset(zone: str | None) -> int:
    """The seconds that `+01:00` is ahead of UTC; a date without a zone is in UTC."""
    if not zone or zone[0] not in "+-":
        return 0
    seconds = int(zone[1:3]) * 3_600 + int(zone[-2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def _clocks(text: str, at: float, zone_offset: ZoneOffset) -> Iterator[float]:
    """Clock times: the next time that it is so late in that zone."""
    for found in _AT_CLOCK.finditer(text):
        hour, minute, half, zone = found.groups()
        late = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
        offset = zone_offset(zone, at) if "/" in zone else 0.0
        if late < 24 and int(minute or 0) < 60 and offset is not None:
            since_midnight = (at + offset) % _DAY_S
            yield (late * 3_600 + int(minute or 0) * 60 - since_midnight) % _DAY_S or _DAY_S


def _from_number(number: int, at: float) -> float:
    """The seconds that a number stands for: it is a moment if it is large enough for one."""
    if number >= _EPOCH_MS_FROM:
        return number / 1000 - at
    return number - at if number >= _EPOCH_FROM else float(number)


def _seconds(length: str) -> float:
    total = 0.0
    for amount, unit in _SPLIT.findall(length):
        count = float(amount) if amount[0].isdigit() else 1.0
        is_ms = unit.lower().startswith(("ms", "milli"))
        total += count * _UNITS_S["ms" if is_ms else unit[0].lower()]
    return total
