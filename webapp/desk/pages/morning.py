"""What happened since the person last looked."""

from datetime import datetime

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.rendering import page
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import morning as operation
from webapp.queries import screens_morning


@signed_in
def morning() -> Response:
    """The page. Opening it marks nothing as seen: the button at its end does."""
    found = screens_morning.morning(db.session(), current_actor())
    return page("morning/page.html", "quiet", **found)


@signed_in
def seen() -> Redirect:
    """All that the page showed has been seen."""
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
        if until.tzinfo is None:
            raise ValueError
    except ValueError as error:
        message = gettext("Open the page again, then mark it as seen.")
        raise Invalid(message, {"until": message}) from error
    operation.seen(until, by=current_actor())
    return redirect("/", 303)


def add_to(bp: Blueprint) -> None:
    """Give the page and its form their addresses."""
    bp.add_url_rule("/morning", "morning", morning)
    bp.add_url_rule("/morning", "morning_seen", seen, methods=["POST"])
