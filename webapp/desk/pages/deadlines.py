"""The form with which a founder takes more time for a question."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.escalations import question_page
from webapp.desk.pages.rendering import region, wants_fragment
from webapp.errors import Conflict, Invalid
from webapp.operations import deadlines

MORE: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_NEVER: Final = "never"


@signed_in
def extend(escalation_id: UUID) -> Response | Redirect:
    """Put the deadline off, or remove it. The new one follows from the one that was shown, so that
    two people who ask for one more hour get one."""
    try:
        deadlines.extend(escalation_id, _until(), by=current_actor())
    except (Conflict, Invalid) as error:
        return question_page(escalation_id, status=error.status, refusal=error.detail)
    if wants_fragment():
        return region("question", "question-deadline", str(escalation_id))
    return redirect(f"/escalations/{escalation_id}", 303)


def _until() -> datetime | None:
    more = request.form.get("more", "")
    if more == _NEVER:
        return None
    try:
        shown = datetime.fromisoformat(request.form.get("shown", ""))
        return shown.astimezone() + MORE[more]
    except (KeyError, ValueError, OverflowError):
        message = gettext("Choose how much more time you want.")
        raise Invalid(message, {"more": message}) from None


def add_to(bp: Blueprint) -> None:
    """Give the form its address."""
    rule = "/escalations/<uuid:escalation_id>/extend"
    bp.add_url_rule(rule, "extend", extend, methods=["POST"])
