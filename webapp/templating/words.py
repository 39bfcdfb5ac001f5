"""Filters that put moments, numbers, people and long texts into words, in the language of the page.

Relative times read as static/js/times.js writes them again while a page is open.
"""

from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale
from babel.units import format_unit
from flask import Flask
from flask_babel import format_percent, format_timedelta, get_locale
from markupsafe import Markup, escape

from webapp.clock import now, rfc3339
from webapp.rules import headings, links
from webapp.rules.languages import SOURCE
from webapp.templating import markdown
from webapp.templating.language import gettext

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        ago=ago,
        span=span,
        day=day,
        exact=exact,
        clock=clock,
        clock_in=clock_in,
        duration=duration,
        hours=hours,
        percent=percent,
        data_size=data_size,
        calendar_day=calendar_day,
        lead=lead,
        rest=rest,
        brief=brief,
        host=links.host,
        markdown=markdown.parts,
        start=headings.opening,
        who=who,
        opening=opening,
        stamp=rfc3339,
    )


def ago(moment: datetime) -> Markup:
    """A `<time>` that says how long ago: "5 minutes ago"; older than a month, "on" its date."""
    seconds = _since(moment)
    if seconds >= 30 * _DAY:
        on = _time(moment, "full-date", _date(moment))
        return escape(gettext("on %(date)s")) % {"date": on}
    if seconds < _MINUTE:
        return _time(moment, "ago", gettext("just now"))
    return _time(moment, "ago", format_timedelta(-_whole(seconds), threshold=1, add_direction=True))


def span(moment: datetime) -> Markup:
    """A `<time>` that says for how long: "5 minutes"."""
    seconds = _since(moment)
    if seconds < _MINUTE:
        return _time(moment, "span", gettext("a moment"))
    return _time(moment, "span", format_timedelta(_whole(seconds), threshold=1))


def day(moment: datetime) -> Markup:
    """A `<time>` that says on which day: "3 March"; with the year where it is another one. The
    browser puts it into the viewer's time zone."""
    return _time(moment, "date", calendar_day(moment))


def exact(moment: datetime) -> Markup:
    """A `<time>` with date and time, which the browser puts into the viewer's time zone."""
    return _time(moment, "exact", _date_and_time(moment, "abbreviated"))


def clock(moment: datetime) -> Markup:
    """As `exact`; the browser leaves out the day where it is the viewer's own."""
    return _time(moment, "clock", _date_and_time(moment, "abbreviated"))


def clock_in(seconds: int) -> Markup:
    """As `clock`, for the moment in so many seconds; the browser keeps it ahead while the page is
    open."""
    moment = now() + timedelta(seconds=seconds)
    return _time(moment, "clock", _date_and_time(moment, "abbreviated"), ahead_s=seconds)


def duration(seconds: float) -> str:
    """A length of time as one says it: "40 seconds", "95 minutes", "5 hours", "3 days"."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=2))


def hours(seconds: float) -> str:
    """A sum of times: in hours, or as one says it where it is less than two of them."""
    if seconds < 2 * _HOUR:
        return duration(seconds)
    return format_unit(round(seconds / _HOUR), "duration-hour", locale=get_locale())


def percent(share: float) -> str:
    """A part of one, as the language writes it: "83%"."""
    return str(format_percent(share))


def data_size(size: int) -> str:
    """Of a file, in bytes: "48 kB", "1.2 MB"."""
    unit, amount = "kilobyte", float(max(1, round(size / 1_000)))
    if size >= 1_000_000:
        unit, amount = "megabyte", round(size / 1_000_000, 1)
    return format_unit(amount, f"digital-{unit}", "short", locale=get_locale())


def calendar_day(when: date) -> str:
    """A day as it is, whatever the time zone: "3 March"; with the year where it is another one."""
    if when.year != now().year:
        return _date(when)
    month = _month(when, "wide")
    return str(gettext("%(day)s %(month)s", day=when.day, month=month))


def lead(text: str) -> str:
    """The heading of a text, where the rest follows below it: the sentence that asks, or else the
    first one; cut where it is too long."""
    return headings.parts(text).heading


def rest(text: str) -> str:
    """What the lead leaves out; empty for most texts."""
    return headings.parts(text).rest


def brief(text: str) -> str:
    """The lead where the rest isn't shown; an ellipsis says that there is more."""
    return headings.shortened(headings.parts(text))


def who(name: str | None, rule_maker: str | None = None) -> Markup:
    """Who did something, inside a sentence: a name as it is, or somebody; or the standing rule of
    `rule_maker`, if one did."""
    if rule_maker:
        return escape(gettext("the standing rule of %(name)s")) % {"name": who(rule_maker)}
    return Markup("<bdi>{}</bdi>").format(name) if name else escape(gettext("someone"))


def opening(name: str | None, rule_maker: str | None = None) -> Markup:
    """Who did something, where a sentence begins."""
    if rule_maker:
        return escape(gettext("The standing rule of %(name)s")) % {"name": who(rule_maker)}
    return who(name) if name else escape(gettext("Someone"))


def _since(moment: datetime) -> int:
    return int((now() - moment) / timedelta(seconds=1))


def _whole(seconds: int) -> timedelta:
    """In whole weeks, days, hours or minutes, as static/js/times.js counts them: Babel rounds."""
    size = next(size for size in (_WEEK, _DAY, _HOUR, _MINUTE) if seconds >= size)
    return timedelta(seconds=seconds // size * size)


def _date(when: date) -> str:
    named = {"day": when.day, "month": _month(when, "wide"), "year": when.year}
    return str(gettext("%(day)s %(month)s %(year)s", **named))


def _date_and_time(moment: datetime, width: str) -> str:
    named = {"day": moment.day, "month": _month(moment, width), "year": moment.year}
    time = f"{moment:%H:%M}"
    return str(gettext("%(day)s %(month)s %(year)s, %(time)s UTC", **named, time=time))


def _month(when: date, width: str) -> str:
    locale = get_locale()
    return _months(locale.language if locale else SOURCE, width)[when.month]


@cache
def _months(language: str, width: str) -> dict[int, str]:
    # Kept, because the pages of a long list name a hundred moments.
    return dict(Locale(language).months["format"][width])


def _time(moment: datetime, style: str, text: str, ahead_s: int | None = None) -> Markup:
    title, at = escape(_date_and_time(moment, "wide")), rfc3339(moment)
    # All parts are escaped, or hold nothing that needs it; Markup.format takes thrice the time.
    ahead = "" if ahead_s is None else f' data-ahead="{ahead_s}"'
    html = f'<time datetime="{at}" data-time="{style}"{ahead} title="{title}">{escape(text)}</time>'
    return Markup(html)  # noqa: S704
