"""Reads of webhooks and of what was delivered: for the owners of their projects."""

from collections.abc import Sequence
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.models import Delivery, Webhook
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import of_owner

_FOR_PROGRAMS: Final = ("webhook", "callback")
"""Channels to programs. What goes to people is for them to see."""


def listed(session: Session, *, by: Actor) -> Sequence[Webhook]:
    """The webhooks of the projects that the caller owns, the oldest first."""
    query = select(Webhook).where(of_owner(Webhook.project_id, by)).order_by(Webhook.id)
    return session.scalars(query).all()


def find(session: Session, key: int, *, by: Actor) -> Webhook:
    """One of them; NotFound where the caller may not see it."""
    found = session.scalar(
        select(Webhook).where(Webhook.id == key, of_owner(Webhook.project_id, by))
    )
    if found is None:
        raise NotFound(lazy_gettext("Webhook not found. Someone may have removed it."))
    return found


def count(session: Session, project_id: str) -> int:
    """How many a project has."""
    query = select(func.count()).select_from(Webhook).where(Webhook.project_id == project_id)
    return session.scalar(query) or 0


def delivery(session: Session, key: int, *, by: Actor) -> Delivery:
    """One delivery, locked; NotFound where the caller may not see it."""
    query = select(Delivery).where(
        Delivery.id == key, Delivery.channel.in_(_FOR_PROGRAMS), of_owner(Delivery.project_id, by)
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(lazy_gettext("Message not found. It may have been removed."))
    return found


def deliveries(
    session: Session,
    *,
    by: Actor,
    webhook: int | None = None,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Delivery]:
    """What was sent, or waits, the latest first."""
    query = select(Delivery).where(
        Delivery.channel.in_(_FOR_PROGRAMS), of_owner(Delivery.project_id, by)
    )
    if webhook is not None:
        query = query.where(Delivery.webhook_id == webhook)
    if state is not None:
        query = query.where(Delivery.state == state)
    order = (Delivery.created_at, Delivery.id)
    return keyset(session, query, order, limit, cursor, newest_first=True, key_type=int)
