"""Answers given in the inbox: the options that one tap gives, and the list after it."""

import json
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import ANSWERING
from webapp.desk.pages.drafts import as_shown
from webapp.desk.pages.inbox import place_of
from webapp.desk.pages.rendering import query_of, region, wants_fragment
from webapp.extensions import db
from webapp.queries import screens, screens_answer


@signed_in
def inbox_options(escalation_id: UUID) -> str | Redirect:
    """The options of a waiting question, to be opened in its card. Without htmx: its page."""
    by = current_actor()
    escalation = screens.question(db.session(), by, str(escalation_id))
    by.require(ANSWERING, escalation.project_id, lazy_gettext("answer this question"))
    if not wants_fragment():
        return redirect(f"/escalations/{escalation_id}", 303)
    in_one_tap = screens.in_one_tap(escalation)
    return render_template(
        "inbox/_options.html",
        escalation=escalation,
        choices=in_one_tap,
        more=len(escalation.options) > len(in_one_tap),
        as_shown=as_shown,
    )


def inbox_region(*, status: int = 200) -> Response:
    """The list of the inbox as the page shows it that sent the form, with its filters."""
    return region("inbox", "inbox-list", str(place_of(query_of("/"))), status=status)


def back_to_inbox(refusal: str | None = None) -> Response | Redirect:
    """The inbox after an answer, with the bar to take it back; or with why it wasn't taken."""
    if not wants_fragment():
        return redirect("/", 303)
    response = inbox_region(status=409 if refusal else 200)
    sent = screens_answer.sent_by(db.session(), current_actor())
    bar = render_template("escalations/_sent.html", sent=sent, replaces=True)
    response.set_data(response.get_data(as_text=True) + bar)
    if refusal:
        response.headers["HX-Trigger"] = json.dumps({"desk:notice": refusal})
    return response


def add_to(bp: Blueprint) -> None:
    """Give the options their address."""
    bp.add_url_rule("/escalations/<uuid:escalation_id>/options", "inbox_options", inbox_options)
