"""The form with which a founder asks the agent something before deciding."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.escalations import question_page
from webapp.errors import Conflict, Invalid
from webapp.operations import asking_back
from webapp.rules.limits import clean_text


@signed_in
def ask_back(escalation_id: UUID) -> Response | Redirect:
    """Ask the agent; what can't be asked stays in the form."""
    text = clean_text(request.form.get("text", "")).replace("\r\n", "\n")
    try:
        asking_back.say(escalation_id, text, by=current_actor())
    except (Conflict, Invalid) as error:
        return question_page(
            escalation_id, status=error.status, refusal=error.detail, asked_back=text
        )
    return redirect(f"/escalations/{escalation_id}#question-talk", 303)


def add_to(bp: Blueprint) -> None:
    """Give the form its address."""
    rule = "/escalations/<uuid:escalation_id>/ask"
    bp.add_url_rule(rule, "ask_back", ask_back, methods=["POST"])
