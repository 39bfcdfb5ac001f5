"""What was answered, skipped, withdrawn, or has expired."""

from flask import Blueprint, Response, request

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.rendering import page
from webapp.extensions import db
from webapp.queries import screens


@signed_in
def history() -> Response:
    """The latest first. The first page is live; older ones stand still."""
    cursor = request.args.get("cursor")
    if not cursor:
        return page("history/page.html", "history")
    older = screens.history_list(db.session(), current_actor(), cursor)
    return page("history/page.html", "quiet", **older)


def add_to(bp: Blueprint) -> None:
    """Give the page its address."""
    bp.add_url_rule("/history", "history", history)
