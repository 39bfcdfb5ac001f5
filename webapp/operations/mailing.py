"""Emails to addresses that are nobody's channel: invitations."""

import json
import uuid
from typing import Final

from flask_babel import get_locale

from webapp.clock import now
from webapp.events import notify
from webapp.models import Delivery, Invitation
from webapp.operations import sealing
from webapp.operations.channels import EMAIL
from webapp.operations.transaction import transaction

INVITATION: Final = "invitation"


def send_invitation(invitation: Invitation, link: str, inviter: str, keys: sealing.Keys) -> None:
    """Email an invitation's link to the person it is for, in the language of the page. The link is
    sealed until it is sent, and then wiped."""
    content = {
        "to": invitation.email,
        "link": link,
        "inviter": inviter,
        "language": str(get_locale()),
    }
    moment = now()
    with transaction("mail invitation") as session:
        session.add(
            Delivery(
                message_id=f"{INVITATION}-{uuid.uuid4()}",
                channel=EMAIL,
                kind=INVITATION,
                project_id=invitation.project_id,
                due_at=moment,
                created_at=moment,
                moved_at=moment,
                sealed=sealing.seal(json.dumps(content), keys),
            )
        )
        notify.deliveries_stored(session)
