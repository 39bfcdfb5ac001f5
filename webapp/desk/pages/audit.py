"""Who did what, for owners: a list, filtered, and as a table for a spreadsheet."""

import json
from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, current_app, request

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import Actor
from webapp.clock import now, rfc3339
from webapp.desk.pages import audit_words, devices, spreadsheet
from webapp.desk.pages.settings.parts import show
from webapp.extensions import db
from webapp.models import AuditEvent
from webapp.queries import audit as queries
from webapp.queries.audit import Filters
from webapp.rules.limits import clean_text

SHOWN: Final = 50
BATCH: Final = 500
_HEAD: Final = (
    "At",
    "Who",
    "Who (reference)",
    "Action",
    "Project",
    "Subject",
    "Address",
    "Program",
    "Details",
)


@signed_in
def audit() -> Response:
    """The latest first."""
    session, by, filters = db.session(), current_actor(), _filters()
    cursor = request.args.get("cursor", "")
    found = queries.listed(session, filters, by=by, limit=SHOWN, cursor=cursor or None)
    return show(
        "audit",
        "audit",
        rows=found.rows,
        older=found.next_cursor,
        first=not cursor,
        filters=filters,
        people=queries.people(session, by=by),
        names=queries.names(session, found.rows),
        questions=queries.questions(session, found.rows, by=by),
        choices=audit_words.CHOICES,
        sentence=audit_words.sentence,
        remarks=audit_words.remarks,
        in_words=devices.in_words,
    )


@signed_in
def export() -> Response:
    """Everything that fits the filters."""
    by, filters = current_actor(), _filters()
    queries.check(by)
    response = Response(_lines(filters, by), content_type="text/csv; charset=utf-8")
    name = f"audit-{now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _filters() -> Filters:
    given = {name: clean_text(request.args.get(name, ""))[:255] for name in ("person", "action")}
    return Filters(**given)


def _lines(filters: Filters, by: Actor) -> Iterator[str]:
    """The table, a batch at a time; between batches it holds no database connection."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it

    def written() -> Iterator[str]:
        yield spreadsheet.MARK + spreadsheet.row(_HEAD)
        cursor: str | None = None
        while True:
            with app.app_context():
                found = queries.listed(db.session(), filters, by=by, limit=BATCH, cursor=cursor)
                text = "".join(spreadsheet.row(_cells(row)) for row in found.rows)
            yield text
            cursor = found.next_cursor
            if cursor is None:
                return

    return written()


def _cells(row: AuditEvent) -> tuple[str, ...]:
    return (
        rfc3339(row.at) or "",
        row.actor_name,
        row.actor_ref,
        row.action,
        row.project_id or "",
        row.subject,
        row.address or "",
        row.user_agent or "",
        json.dumps(row.details, ensure_ascii=False) if row.details else "",
    )


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/audit", "audit", audit)
    bp.add_url_rule("/settings/audit.csv", "audit_csv", export)
