"""The form with which a person adds a note for the agent after the answer."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.escalations import question_page
from webapp.errors import Conflict, Invalid
from webapp.operations import follow_ups
from webapp.rules.limits import clean_text


@signed_in
def add_note(escalation_id: UUID) -> Response | Redirect:
    """Add the note; one that can't be taken stays in the form."""
    text = clean_text(request.form.get("text", "")).replace("\r\n", "\n")
    try:
        follow_ups.add(escalation_id, text, by=current_actor())
    except (Conflict, Invalid) as error:
        return question_page(
            escalation_id, status=error.status, refusal=error.detail, follow_up=text
        )
    return redirect(f"/escalations/{escalation_id}#question-state", 303)


def add_to(bp: Blueprint) -> None:
    """Give the form its address."""
    rule = "/escalations/<uuid:escalation_id>/notes"
    bp.add_url_rule(rule, "add_note", add_note, methods=["POST"])
