"""How the desk does, in plain numbers."""

from flask import Blueprint, Response, request

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.rendering import page
from webapp.extensions import db
from webapp.queries import screens_numbers
from webapp.queries.numbers import PERIODS, Period
from webapp.rules.limits import clean_text

USUAL = 30


@signed_in
def numbers() -> Response:
    """The last 7, 30 or 90 days. A period that there is not shows the usual one."""
    days = request.args.get("days", USUAL, type=int)
    project = clean_text(request.args.get("project", ""))[:255]
    period = Period(days if days in PERIODS else USUAL, project)
    found = screens_numbers.page(db.session(), current_actor(), period)
    return page("numbers/page.html", "quiet", periods=list(PERIODS), **found)


def add_to(bp: Blueprint) -> None:
    """Give the page its address."""
    bp.add_url_rule("/numbers", "numbers", numbers)
