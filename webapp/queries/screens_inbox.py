"""Reads shaped for the inbox: its cards, by project, with what holds up most first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import Invalid, NotFound
from webapp.queries import pauses, projects, waiting
from webapp.queries.pauses import Resumable
from webapp.queries.places import Place
from webapp.queries.screens import Card, cards
from webapp.rules.digest import of_options

INBOX_LENGTH: Final = waiting.PAGE_LENGTH


@dataclass
class Group:
    """The cards of a project on this page. `count` is how many it has in the whole inbox."""

    project: str
    count: int = 0
    cards: list[Card] = field(default_factory=list)
    resumable: list[Resumable] = field(default_factory=list)


def inbox(session: Session, by: Actor, key: str) -> None:
    """Raise NotFound for what is no place in the inbox. A search is none: each would be an audience
    of its own."""
    place = Place.read(key)
    try:
        if place.cursor:
            _ = place.position
    except Invalid as error:
        raise NotFound(error.detail) from error
    if place.q or (place.project and not projects.is_known(session, place.project, by=by)):
        raise NotFound(lazy_gettext("Project not found. Start from the inbox."))


def inbox_list(session: Session, by: Actor, key: str = "") -> dict[str, Any]:
    """The questions from that place on, what holds up most first, and how many stand before and
    after them. A later page is live as well: what is answered leaves it, and what follows moves
    up."""
    place = Place.read(key)
    found = waiting.stretch(session, place, by=by, limit=INBOX_LENGTH)
    resumable = [] if place.cursor or place.q else _resumable(session, place, by)
    return {
        "groups": _groups(session, found.rows, resumable, by, select=place.select),
        "place": place,
        "earlier": found.earlier,
        "shown": len(found.rows),
        "later": found.later,
        "left_out": found.count - found.earlier - len(found.rows) if found.later else 0,
        "found": found.count,
    }


def _resumable(session: Session, place: Place, by: Actor) -> list[Resumable]:
    all_of_them = pauses.resumable(session, by=by)
    return [
        each for each in all_of_them if not place.project or each.job.project_id == place.project
    ]


def _groups(
    session: Session,
    rows: Sequence[waiting.Placed],
    resumable: Sequence[Resumable],
    by: Actor,
    *,
    select: bool,
) -> list[Group]:
    """The projects in the order of what each holds up most; a job that only has to be continued
    holds up most of all."""
    groups: dict[str, Group] = {}
    for paused in resumable:
        group = groups.setdefault(paused.job.project_id, Group(paused.job.project_id))
        group.resumable.append(paused)
        group.count += 1
    made = cards(session, [row.escalation for row in rows], by)
    if select:
        made = _with_same(made)
    counted = set()
    for row, card in zip(rows, made, strict=True):
        project = row.escalation.project_id
        group = groups.setdefault(project, Group(project))
        group.cards.append(replace(card, waits=row))
        group.count += 0 if project in counted else row.in_project
        counted.add(project)
    return list(groups.values())


def _with_same(made: Sequence[Card]) -> list[Card]:
    """The cards, with what those have in common that share their options."""
    keys = [of_options(card.escalation.options)[:8] if card.in_place else "" for card in made]
    counts = Counter(keys)
    return [
        replace(card, same=key) if key and counts[key] > 1 else card
        for card, key in zip(made, keys, strict=True)
    ]
