"""Filters that put moments and long texts into words."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from flask import Flask
from markupsafe import Markup

from webapp.clock import now, rfc3339

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…。؟])\s+")
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))
LEAD_LENGTH: Final = 280
"""Characters of a first sentence that stand in a heading; the rest follows as text."""


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        ago=ago,
        span=span,
        day=day,
        exact=exact,
        duration=duration,
        hours=hours,
        calendar_day=calendar_day,
        lead=lead,
        rest=rest,
        count=count,
        opening=opening,
        stamp=rfc3339,
    )


def ago(moment: datetime) -> Markup:
    """A `<time>` that says how long ago: "5 minutes ago"; older than a month, the date."""
    if now() - moment >= timedelta(days=30):
        return _time(moment, "date", f"on {moment.day} {moment:%B %Y}")
    text = _length(moment)
    return _time(moment, "ago", f"{text} ago" if text else "just now")


def span(moment: datetime) -> Markup:
    """A `<time>` that says for how long: "5 minutes"."""
    return _time(moment, "span", _length(moment) or "a moment")


def day(moment: datetime) -> Markup:
    """A `<time>` that says on which day: "3 March"; with the year where it is another one."""
    return _time(moment, "date", calendar_day(moment))


def exact(moment: datetime) -> Markup:
    """A `<time>` with date and time, which the browser puts into the viewer's time zone."""
    return _time(moment, "exact", f"{moment.day} {moment:%b %Y, %H:%M} UTC")


def duration(seconds: float) -> str:
    """A length of time as one says it: "40 seconds", "95 minutes", "5 hours", "3 days"."""
    for unit, size, most in (("second", 1, 90), ("minute", 60, 7200), ("hour", 3600, 172_800)):
        if seconds < most:
            return count(round(seconds / size), unit, f"{unit}s")
    return count(round(seconds / 86_400), "day", "days")


def hours(seconds: float) -> str:
    """A sum of times: in hours, or as one says it where it is less than two of them."""
    return duration(seconds) if seconds < 7200 else count(round(seconds / 3600), "hour", "hours")


def calendar_day(when: date) -> str:
    """A day as it is, whatever the time zone: "3 March"; with the year where it is another one."""
    year = "" if when.year == now().year else f" {when.year}"
    return f"{when.day} {when:%B}{year}"


def lead(text: str) -> str:
    """The first sentence of a text, cut where it is too long to be a heading."""
    return _parted(text)[0]


def rest(text: str) -> str:
    """What follows the lead; empty for most texts."""
    return _parted(text)[1]


def count(number: int, one: str, many: str) -> str:
    """ "1 job", "3 jobs": the number with the right word."""
    return f"{number:,} {one if number == 1 else many}"


def opening(who: str) -> str:
    """Who did something, where a sentence begins: a name stays as it is, an article does not."""
    return f"The {who[4:]}" if who.startswith("the ") else who


def _parted(text: str) -> tuple[str, str]:
    text = text.strip()
    first, *others = _SENTENCE_END.split(text, maxsplit=1)
    if len(first) <= LEAD_LENGTH:
        return first, others[0] if others else ""
    cut = first[:LEAD_LENGTH]
    cut = cut.rsplit(None, 1)[0] if re.search(r"\s", cut[LEAD_LENGTH // 2 :]) else cut
    return f"{cut}…", f"…{text[len(cut) :].lstrip()}"


def _length(moment: datetime) -> str:
    seconds = int((now() - moment).total_seconds())
    for unit, size in _UNITS:
        if seconds >= size:
            return count(seconds // size, unit, f"{unit}s")
    return ""


def _time(moment: datetime, style: str, text: str) -> Markup:
    title = f"{moment.day} {moment:%B %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" data-time="{}" title="{}">{}</time>').format(
        rfc3339(moment), style, title, text
    )
