"""What agents run into again and again, what became of it, and the rules that answer it."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.rendering import page, region, wants_fragment
from webapp.extensions import db
from webapp.operations import corrections
from webapp.operations import standing_rules as operations
from webapp.queries import problems as queries
from webapp.queries import screens_problems

BIGGEST = 2**63 - 1
"""The highest number that a rule or a correction can have: PostgreSQL's bigint."""


@signed_in
def problems() -> Response:
    """The problems, the latest first, under the rules. The first page is live; older ones stand
    still."""
    cursor = request.args.get("cursor")
    if not cursor:
        return page("problems/page.html", "problems")
    older = screens_problems.problems_list(db.session(), current_actor(), cursor)
    return page("problems/older.html", "quiet", **older)


@signed_in
def problem(key: int) -> Response:
    """The story of one problem."""
    return page("problems/problem.html", "problem", str(key))


@signed_in
def revoke_rule(rule_id: int) -> Response | Redirect:
    """End a standing rule, and stay on the page where that was done."""
    rule = operations.revoke(rule_id, by=current_actor())
    found = queries.of(db.session(), rule)
    on_its_page = found is not None and request.form.get("on") == "problem"
    if wants_fragment() and found is not None and on_its_page:
        return region("problem", "problem-rule", str(found.id))
    if wants_fragment():
        return region("problems", "problems-rules")
    return redirect(f"/problems/{found.id}" if found and on_its_page else "/problems", 303)


@signed_in
def remove_correction(correction_id: int) -> Response | Redirect:
    """End a correction that counts for a whole rule."""
    corrections.remove(correction_id, by=current_actor())
    if wants_fragment():
        return region("problems", "problems-corrections")
    return redirect("/problems", 303)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/problems", "problems", problems)
    bp.add_url_rule("/problems/<int:key>", "problem", problem)
    rule = f"/problems/rules/<int(max={BIGGEST}):rule_id>/revoke"
    bp.add_url_rule(rule, "revoke_rule", revoke_rule, methods=["POST"])
    correction = f"/problems/corrections/<int(max={BIGGEST}):correction_id>/remove"
    bp.add_url_rule(correction, "remove_correction", remove_correction, methods=["POST"])
