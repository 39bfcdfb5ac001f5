"""The forms with which a person puts a question off, and takes it up again."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.clock import now
from webapp.desk.pages.escalations import question_page
from webapp.errors import Conflict, Invalid
from webapp.operations import snoozing

EVENING: Final = time(19)
MORNING: Final = time(9)
_SOON: Final = timedelta(hours=2)


@signed_in
def snooze(escalation_id: UUID) -> Response | Redirect:
    """Put the question off until the time that the button names, in the browser's time zone."""
    try:
        snoozing.snooze(escalation_id, _until(), by=current_actor())
    except (Conflict, Invalid) as error:
        return question_page(escalation_id, status=error.status, refusal=error.detail)
    return redirect("/", 303)


@signed_in
def wake(escalation_id: UUID) -> Redirect:
    """Take the question up again."""
    snoozing.wake(escalation_id, by=current_actor())
    return redirect(f"/escalations/{escalation_id}", 303)


def _until() -> datetime:
    here = now().astimezone(_zone())
    match request.form.get("for"):
        case "hour":
            return here + timedelta(hours=1)
        case "evening":
            return max(datetime.combine(here, EVENING, here.tzinfo), here + _SOON)
        case "tomorrow":
            return datetime.combine(here + timedelta(days=1), MORNING, here.tzinfo)
        case _:
            return _chosen(here)


def _chosen(here: datetime) -> datetime:
    try:
        chosen = datetime.fromisoformat(request.form.get("until", ""))
        return chosen.replace(tzinfo=here.tzinfo).astimezone(UTC)
    except (ValueError, OverflowError):
        message = gettext("Choose when you want to see this question again.")
        raise Invalid(message, {"until": message}) from None


def _zone() -> ZoneInfo:
    """The time zone of the browser; UTC where it named none that is known."""
    try:
        return ZoneInfo(request.form.get("zone") or "UTC")
    except (ValueError, OSError, KeyError):  # an unknown one is a KeyError
        return ZoneInfo("UTC")


def add_to(bp: Blueprint) -> None:
    """Give the forms their addresses."""
    for view in (snooze, wake):
        rule = f"/escalations/<uuid:escalation_id>/{view.__name__}"
        bp.add_url_rule(rule, view.__name__, view, methods=["POST"])
