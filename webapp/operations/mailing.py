"""Messages that no event asks for, among them emails to addresses that are nobody's channel."""

import json
import uuid
from datetime import datetime
from typing import Any, Final

from flask_babel import get_locale
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.events import notify
from webapp.models import Delivery, Invitation
from webapp.operations import sealing
from webapp.operations.transaction import transaction

EMAIL: Final = "email"
INVITATION: Final = "invitation"
ADDRESS_CODE: Final = "address_code"


def send_invitation(invitation: Invitation, link: str, inviter: str, keys: sealing.Keys) -> None:
    """Email an invitation's link to the person it is for, in the language of the page. The link is
    sealed until it is sent, and then wiped."""
    content = {
        "to": invitation.email,
        "link": link,
        "inviter": inviter,
    }
    with transaction("mail invitation") as session:
        send(session, INVITATION, content, keys, project_id=invitation.project_id)


def send_address_code(
    session: Session, email: str, code: str, until: datetime, keys: sealing.Keys
) -> None:
    """Email the code that proves a new address to that address, in the language of the page and the
    caller's transaction. It is sealed until it is sent, and not sent once it has expired."""
    content = {"to": email, "code": code, "until": until.timestamp()}
    send(session, ADDRESS_CODE, content, keys)


def send(
    session: Session,
    kind: str,
    content: dict[str, Any],
    keys: sealing.Keys,
    *,
    project_id: str = "",
) -> None:
    """Store an email to `content["to"]`, in the caller's transaction, in the language of the page
    unless `content["language"]` says another. The content is sealed until it is sent."""
    text = json.dumps({"language": str(get_locale())} | content)
    store(session, EMAIL, kind, project_id=project_id, sealed=sealing.seal(text, keys))


def store(
    session: Session,
    channel: str,
    kind: str,
    *,
    project_id: str = "",
    personal_channel_id: int | None = None,
    sealed: str | None = None,
) -> None:
    """Store a message that no event asks for, and wake the worker."""
    moment = now()
    session.add(
        Delivery(
            message_id=f"{kind}-{uuid.uuid4()}",
            channel=channel,
            kind=kind,
            project_id=project_id,
            personal_channel_id=personal_channel_id,
            due_at=moment,
            created_at=moment,
            moved_at=moment,
            sealed=sealed,
        )
    )
    notify.deliveries_stored(session)
