"""Reads shaped for the history: the live list, what a search found, and what it can be filtered by.

A live list is the whole history; what was searched for stands still.
"""

from typing import Any

from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.queries import history, projects
from webapp.queries.history import Filters
from webapp.queries.screens import cards

HISTORY_LENGTH = 30


def history_list(session: Session, by: Actor, _key: str = "") -> dict[str, Any]:
    """The questions that were closed last."""
    return found(session, by, Filters())


def found(session: Session, by: Actor, filters: Filters, cursor: str = "") -> dict[str, Any]:
    """What fits the filters, the latest first; `cursor` leads to an older page."""
    result = history.search(session, filters, by=by, limit=HISTORY_LENGTH, cursor=cursor or None)
    return {
        "answered": cards(session, result.page.rows),
        "older": result.page.next_cursor,
        "first": not cursor,
        "found": result.count,
        "query": filters.query(),
    }


def choices(session: Session, by: Actor, filters: Filters) -> dict[str, Any]:
    """The projects and people that the viewer can choose from, whatever is chosen already."""
    names = projects.names(session, by=by)
    if filters.project and filters.project not in names:
        names = sorted([*names, filters.project])
    people = [(f"person:{person.id}", person.name) for person in projects.people(session, by=by)]
    return {"filters": filters, "projects": names, "people": people}
