"""What the pages about webhooks show."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.models import Delivery, Job, Webhook
from webapp.queries import projects, webhooks, workers
from webapp.queries.scope import owned

SHOWN = 50


@dataclass(frozen=True)
class WebhookRow:
    """A webhook with the latest message to it, or None."""

    webhook: Webhook
    last: Delivery | None


@dataclass(frozen=True)
class Message:
    """A delivery with the webhook it goes to (None for a callback) and its job's id."""

    delivery: Delivery
    webhook: Webhook | None
    job_id: str | None


def listed(session: Session, by: Actor) -> dict[str, Any]:
    """The webhooks of the viewer's own projects."""
    rows = webhooks.listed(session, by=by)
    last = {each.webhook_id: each for each in _latest(session, [row.id for row in rows])}
    mine = owned(by)
    has_all = ALL_PROJECTS in mine
    return {
        "webhooks": [WebhookRow(row, last.get(row.id)) for row in rows],
        "own_projects": projects.names(session, by=by) if has_all else mine,
        "has_all": has_all,
        "messages_go_out": workers.any_heard(session.connection()),
    }


def _latest(session: Session, keys: list[int]) -> list[Delivery]:
    if not keys:
        return []
    newest = (
        select(func.max(Delivery.id))
        .where(Delivery.webhook_id.in_(keys))
        .group_by(Delivery.webhook_id)
    )
    return list(session.scalars(select(Delivery).where(Delivery.id.in_(newest))))


def log(session: Session, by: Actor, filters: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    """A page of the messages to webhooks and callbacks, the latest first."""
    found = webhooks.deliveries(session, by=by, limit=SHOWN, cursor=cursor, **filters)
    known = {row.id: row for row in webhooks.listed(session, by=by)}
    jobs = {row.job for row in found.rows if row.job is not None}
    names = select(Job.id, Job.job_id).where(Job.id.in_(jobs))
    job_ids = {row.id: row.job_id for row in session.execute(names)} if jobs else {}
    return {
        "rows": [
            Message(row, known.get(row.webhook_id or 0), job_ids.get(row.job or 0))
            for row in found.rows
        ],
        "older": found.next_cursor,
        "known": list(known.values()),
    }
