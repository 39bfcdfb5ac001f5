"""The form with which a question becomes one person's, or everyone's again."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.escalations import question_page
from webapp.errors import Conflict, Invalid
from webapp.operations import assigning
from webapp.rules.limits import number_in


@signed_in
def assign(escalation_id: UUID) -> Response | Redirect:
    """Assign it to the person chosen, or to everyone."""
    try:
        assigning.assign(escalation_id, _person(), by=current_actor())
    except (Conflict, Invalid) as error:
        return question_page(escalation_id, status=error.status, refusal=error.detail)
    return redirect(f"/escalations/{escalation_id}", 303)


def _person() -> int | None:
    chosen = request.form.get("person", "")
    if not chosen:
        return None
    number = number_in(chosen)
    if number is None:
        message = gettext("Choose someone who can answer questions in this project.")
        raise Invalid(message, {"person": message})
    return number


def add_to(bp: Blueprint) -> None:
    """Give the form its address."""
    rule = "/escalations/<uuid:escalation_id>/assign"
    bp.add_url_rule(rule, "assign", assign, methods=["POST"])
