"""The questions that wait, and the way to the next one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import ANSWERING, Actor
from webapp.desk.pages.rendering import page
from webapp.extensions import db
from webapp.queries import jobs, projects, reach, screens_inbox, snoozes, waiting
from webapp.queries.places import Place
from webapp.rules.limits import clean_text

LONGEST = 255
"""The longest search, in characters."""


@signed_in
def inbox() -> Response:
    """The questions that wait, what holds up most first. Later pages and those of one project are
    as live as the first; what a search found stands still."""
    session, by = db.session(), current_actor()
    place = place_of(request.args)
    more: dict[str, Any] = {
        "projects": projects.names(session, by=by),
        "agents_came": jobs.some(session, by=by),
        "snoozed": snoozes.listed(session, by=by),
        "unreached": _unreached(by),
    }
    if not place.q:
        return page("inbox/page.html", "inbox", str(place), **more)
    found = screens_inbox.inbox_list(session, by, str(place))
    return page("inbox/page.html", "quiet", **found, **more)


def _unreached(by: Actor) -> list[str]:
    """The projects of the viewer in which questions wait and nobody gets a message."""
    unset = current_app.extensions["unstuck"].unset_channels
    found = reach.unreached(db.session(), unset=unset)
    return [name for name in found if by.role_in(name) in ANSWERING]


def place_of(args: Mapping[str, str]) -> Place:
    """Return the place in the inbox that an address asks for."""

    def text(name: str) -> str:
        return clean_text(args.get(name, "")).strip()[:LONGEST]

    cursor, select = args.get("cursor", ""), args.get("select", "")
    fields = {"cursor": cursor, "project": text("project"), "q": text("q"), "select": select}
    return Place.of_fields(fields)


@signed_in
def next_question() -> Redirect:
    """The first question of the inbox, or the next behind `?after=`; the inbox when none is
    left."""
    after = request.args.get("after", type=UUID)
    found = waiting.next_after(db.session(), after, by=current_actor())
    return redirect(f"/escalations/{found}" if found else "/", 303)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/", "inbox", inbox)
    bp.add_url_rule("/escalations/next", "next_question", next_question)
