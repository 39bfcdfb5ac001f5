"""What is done to webhooks. Whoever adds one sends a project's questions and answers elsewhere, so
it takes an owner of the project and a proof of who they are."""

import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.actors import OWNING, Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid
from webapp.events import notify
from webapp.events.kinds import Kind
from webapp.models import Action, Delivery, Webhook
from webapp.operations import audit, deliveries, sealing
from webapp.operations.secrets import new_signing_secret
from webapp.operations.sessions import require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import webhooks as queries
from webapp.rules import public_addresses

TEST = "unstuck.test"
MOST = 20
"""Webhooks of one project."""


def create(
    project_id: str,
    url: str,
    events: Collection[str],
    *,
    by: Actor,
    keys: sealing.Keys,
    session_secret: str | None = None,
    private: bool = False,
) -> tuple[Webhook, str]:
    """Add a webhook. Returns its row and the secret that signs what it gets, which is shown this
    once. `private` allows addresses of this network. Raises Invalid, Forbidden, ConfirmFirst."""
    project_id, url = project_id.strip(), url.strip()
    by.require(OWNING, project_id, lazy_gettext("add a webhook"))
    known = _checked(url, events, private=private)
    secret = new_signing_secret()
    with transaction("add webhook") as session:
        if session_secret is not None:
            require_fresh(session, session_secret, by)
        if queries.count(session, project_id) >= MOST:
            raise Conflict(lazy_gettext("This project has 20 webhooks. Remove one first."))
        webhook = Webhook(
            project_id=project_id,
            url=url,
            events=known,
            secret=sealing.seal(secret, keys),
            created_by=by.name,
            created_at=now(),
        )
        session.add(webhook)
        session.flush()
        _note(session, webhook, Action.WEBHOOK_ADDED, by)
    return webhook, secret


def _checked(url: str, events: Collection[str], *, private: bool) -> list[str]:
    """The chosen events that exist. Raises Invalid for a wrong address or no event."""
    known = [kind.value for kind in Kind if kind.value in events]
    if not known:
        raise Invalid(lazy_gettext("Choose at least one event."), {"events": "is required"})
    try:
        public_addresses.check(url, private=private)
    except public_addresses.NotAllowed as error:
        raise Invalid(
            lazy_gettext("Enter a public address that starts with https://."), {"url": str(error)}
        ) from None
    return known


def remove(key: int, *, by: Actor) -> None:
    """Take a webhook away, with the log of what it got."""
    with transaction("remove webhook") as session:
        webhook = _own(session, key, by=by)
        _note(session, webhook, Action.WEBHOOK_REMOVED, by)
        session.execute(delete(Webhook).where(Webhook.id == key))


def switch(key: int, *, on: bool, by: Actor) -> None:
    """Let a webhook get events from now on, or none any more. What happened while it was off can be
    sent to it one by one."""
    with transaction("switch webhook") as session:
        webhook = _own(session, key, by=by)
        if on == (webhook.off_since is None):
            return
        webhook.off_since = None if on else now()
        webhook.off_because = None if on else "person"
        webhook.failures, webhook.failing_since = 0, None
        if not on:
            deliveries.close_open(session, key, "webhook_off")
        _note(session, webhook, Action.WEBHOOK_ON if on else Action.WEBHOOK_OFF, by)


def send_test(key: int, *, by: Actor) -> None:
    """Send a test event the way of all others."""
    with transaction("test webhook") as session:
        webhook = _own(session, key, by=by)
        if webhook.off_since is not None:
            raise Conflict(lazy_gettext("This webhook is off. Switch it on first."))
        moment = now()
        session.add(
            Delivery(
                message_id=f"test-{uuid.uuid4()}",
                channel="webhook",
                kind=TEST,
                project_id=webhook.project_id,
                webhook_id=webhook.id,
                due_at=moment,
                created_at=moment,
                moved_at=moment,
            )
        )
        notify.deliveries_stored(session)


def send_again(delivery_id: int, *, by: Actor) -> None:
    """Send a delivery to a webhook once more, under the same id: a receiver that has it already
    knows that. Raises Conflict while it is on its way."""
    with transaction("send delivery again") as session:
        found = queries.delivery(session, delivery_id, by=by)
        by.require(OWNING, found.project_id, lazy_gettext("send this again"))
        webhook = None if found.webhook_id is None else session.get(Webhook, found.webhook_id)
        if webhook is not None and webhook.off_since is not None:
            raise Conflict(lazy_gettext("This webhook is off. Switch it on first."))
        if found.state == "leased":
            raise Conflict(lazy_gettext("This message is being sent right now."))
        moment = now()
        found.state, found.due_at, found.attempts = "waiting", moment, 0
        found.reason, found.moved_at = None, moment
        notify.deliveries_stored(session)


def _own(session: Session, key: int, *, by: Actor) -> Webhook:
    found = queries.find(session, key, by=by)
    by.require(OWNING, found.project_id, lazy_gettext("change this webhook"))
    return session.scalars(select(Webhook).where(Webhook.id == key).with_for_update()).one()


def _note(session: Session, webhook: Webhook, action: Action, by: Actor) -> None:
    audit.note(
        session,
        by=by,
        action=action,
        project_id=webhook.project_id,
        subject=f"webhook:{webhook.id}",
        name=host_of(webhook.url),
    )


def host_of(url: str) -> str:
    """The host of an address: the rest may hold a secret of the receiver's."""
    return url.split("/")[2] if url.count("/") > 1 else url
