"""The questions that wait, and the way to the next one."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.rendering import page
from webapp.extensions import db
from webapp.queries import escalations, jobs


@signed_in
def inbox() -> Response:
    """The questions that wait, oldest first. Later pages are as live as the first."""
    agents_came = jobs.some(db.session(), by=current_actor())
    return page("inbox/page.html", "inbox", request.args.get("cursor", ""), agents_came=agents_came)


@signed_in
def next_question() -> Redirect:
    """The question that has been waiting longest, or the next behind `?after=`; the inbox when none
    is left."""
    after = request.args.get("after", type=UUID)
    found = escalations.next_pending(db.session(), by=current_actor(), after=after)
    return redirect(f"/escalations/{found.id}" if found else "/", 303)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/", "inbox", inbox)
    bp.add_url_rule("/escalations/next", "next_question", next_question)
