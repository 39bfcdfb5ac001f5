"""The history as CSV: read and written in batches, so that a million rows need no memory."""

from collections.abc import Iterator
from typing import Final

from flask import current_app
from flask_babel import lazy_gettext

from webapp.actors import Actor
from webapp.clock import rfc3339
from webapp.desk.pages import spreadsheet
from webapp.extensions import db
from webapp.queries import history
from webapp.queries.history import Filters
from webapp.queries.screens import Card, cards

BATCH: Final = 100
_HEAD: Final = (
    lazy_gettext("Asked at"),
    lazy_gettext("Closed at"),
    lazy_gettext("Project"),
    lazy_gettext("Job"),
    lazy_gettext("Problem"),
    lazy_gettext("Closed as"),
    lazy_gettext("Decision"),
    lazy_gettext("Note for the agent"),
    lazy_gettext("By"),
    lazy_gettext("Result"),
    lazy_gettext("Note from the agent"),
    lazy_gettext("Waiting jobs"),
    lazy_gettext("Question"),
)


def lines(filters: Filters, by: Actor) -> Iterator[str]:
    """The table, a batch at a time. Between batches it holds no database connection: whoever
    downloads slowly keeps none from others."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it

    head = spreadsheet.row(tuple(str(name) for name in _HEAD))  # in the language of whoever asked

    def written() -> Iterator[str]:
        yield spreadsheet.MARK + head
        cursor: str | None = None
        while True:
            with app.app_context():
                session = db.session()
                page = history.search(session, filters, by=by, limit=BATCH, cursor=cursor).page
                text = "".join(spreadsheet.row(_cells(card)) for card in cards(session, page.rows))
            yield text
            cursor = page.next_cursor
            if cursor is None:
                return

    return written()


def _cells(card: Card) -> tuple[str, ...]:
    asked = card.escalation
    return (
        rfc3339(asked.created_at) or "",
        rfc3339(asked.resolved_at) or "",
        asked.project_id,
        (card.job.title if card.job else None) or asked.job_id,
        asked.plain_english_problem,
        asked.status,
        card.decision,
        asked.founder_guidance or "",
        asked.resolved_by or "",
        asked.outcome or "",
        asked.outcome_note or "",
        str(card.waiting),
        str(asked.id),
    )
