"""What was answered, skipped, withdrawn, or has expired: searched, filtered, and taken away."""

from flask import Blueprint, Response, render_template, request
from htmx_flask import request as htmx_request

from webapp.accounts.access import current_actor, signed_in
from webapp.clock import now
from webapp.desk.pages import history_csv, history_filters
from webapp.desk.pages.rendering import page, wants_fragment
from webapp.extensions import db
from webapp.queries import screens_history


@signed_in
def history() -> Response:
    """The latest first. What is not searched for is live; searches and older pages stand still."""
    session, by = db.session(), current_actor()
    filters = history_filters.read(request.args)
    cursor = request.args.get("cursor", "")
    listed = screens_history.found(session, by, filters, cursor)
    if wants_fragment() and htmx_request.htmx.target == "history-list":
        response = Response(render_template("history/_list.html", **listed))
        response.headers["HX-Push-Url"] = f"/history?{filters.query()}" if filters else "/history"
        return response
    if cursor:
        return page("history/older.html", "quiet", filters=filters, **listed)
    more = screens_history.choices(session, by, filters)
    return page("history/page.html", "quiet", listens_to="history", **listed, **more)


@signed_in
def export() -> Response:
    """Everything that fits the filters, as a table for a spreadsheet."""
    filters = history_filters.read(request.args)
    response = Response(
        history_csv.lines(filters, current_actor()), content_type="text/csv; charset=utf-8"
    )
    name = f"history-{now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/history", "history", history)
    bp.add_url_rule("/history.csv", "history_csv", export)
