"""The form with which a founder hands a secret over, and the one that deletes it again.

A value comes in once, in the body of a form, and is never written into a page.
"""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.config import Config
from webapp.desk.pages.escalations import question_page
from webapp.errors import Conflict, Invalid
from webapp.operations import handing_over, holding
from webapp.operations.answers import AlreadyAnswered, Answer
from webapp.operations.handing_over import Keeping
from webapp.operations.sessions import ConfirmFirst
from webapp.rules.limits import clean_text

_PREFIX: Final = "secret."


@signed_in
def hand_over(escalation_id: UUID) -> Response | Redirect:
    """Store the secrets, and answer with the option that the button names, if it names one."""
    config: Config = current_app.extensions["unstuck"]
    digest = request.form.get("digest") or None
    try:
        handing_over.hand_over(
            escalation_id,
            _values(),
            session[SESSION_KEY],
            Keeping(config.secrets_keys, config.secrets_kept_h),
            by=current_actor(),
            digest=digest,
        )
    except Invalid as error:
        faults = {each["field"]: each["message"] for each in error.extra["errors"]}
        return question_page(escalation_id, status=422, secret_errors=faults)
    except (Conflict, ConfirmFirst) as error:
        return question_page(escalation_id, status=error.status, refusal=error.detail)
    if decision := clean_text(request.form.get("decision", "")):
        answer = Answer(decision, digest=digest)
        try:
            holding.hold(escalation_id, answer, config.decision_grace_s, by=current_actor())
        except (AlreadyAnswered, Conflict, Invalid) as error:  # the secret waits for the next try
            return question_page(escalation_id, status=error.status, refusal=error.detail)
    return redirect(f"/escalations/{escalation_id}", 303)


def _values() -> dict[str, str]:
    """What was typed, with the line breaks that it was pasted with: forms send others."""
    return {
        name.removeprefix(_PREFIX): value.replace("\r\n", "\n")
        for name, value in request.form.items()
        if name.startswith(_PREFIX)
    }


@signed_in
def revoke_secret(escalation_id: UUID, ref: str) -> Response | Redirect:
    """Delete a secret that no agent has confirmed yet."""
    try:
        handing_over.revoke(escalation_id, clean_text(ref), by=current_actor())
    except Conflict as error:
        return question_page(escalation_id, status=error.status, refusal=error.detail)
    return redirect(f"/escalations/{escalation_id}", 303)


def add_to(bp: Blueprint) -> None:
    """Give the forms their addresses."""
    base = "/escalations/<uuid:escalation_id>/secrets"
    bp.add_url_rule(base, "hand_over", hand_over, methods=["POST"])
    bp.add_url_rule(f"{base}/<ref>/revoke", "revoke_secret", revoke_secret, methods=["POST"])
