"""What the address of the history asks for."""

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext

from webapp.errors import Invalid
from webapp.queries.history import OUTCOMES, Filters
from webapp.rules.limits import clean_text

_LONGEST = 255


def read(args: Mapping[str, str]) -> Filters:
    """The filters; raises Invalid with what to write instead."""
    return Filters(
        q=_text(args, "q"),
        project=_text(args, "project"),
        job=_text(args, "job"),
        status=_status(args),
        person=_text(args, "person"),
        since=_day(args, "since"),
        until=_day(args, "until"),
    )


def _text(args: Mapping[str, str], name: str) -> str:
    return clean_text(args.get(name, "")).strip()[:_LONGEST]


def _status(args: Mapping[str, str]) -> str:
    status = _text(args, "status")
    if status and status not in OUTCOMES:
        raise Invalid(
            lazy_gettext(
                "%(status)s isn't a valid status. Use one of: %(known)s.",
                status=repr(status),
                known=", ".join(OUTCOMES),
            ),
            {"status": "is not known"},
        )
    return status


def _day(args: Mapping[str, str], name: str) -> date | None:
    text = _text(args, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(
            lazy_gettext(
                "%(text)s isn't a date. Write it like 2026-03-31, or leave it out.",
                text=repr(text),
            ),
            {name: "is not a day"},
        ) from error
