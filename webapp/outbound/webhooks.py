"""Events to people's own programs, signed by Standard Webhooks."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import current_app

from webapp.clock import now
from webapp.config import Config
from webapp.events import log
from webapp.extensions import db
from webapp.models import Webhook
from webapp.operations.deliveries import Claimed
from webapp.operations.webhooks import TEST
from webapp.outbound import public_http, signing
from webapp.outbound.channel import Channel, NotNeeded, unsealed
from webapp.rules.public_addresses import NotAllowed
from webapp.rules.sending import Attempt, Outcome

_GONE: Final = (410,)


@dataclass(frozen=True)
class Request:
    """One signed request. `private` says that addresses of this network are allowed."""

    url: str
    secrets: tuple[str, ...]
    message_id: str
    payload: dict[str, Any]
    private: bool


class Webhooks(Channel[Request]):
    """Requests to the addresses under Settings → Webhooks."""

    name: ClassVar[str] = "webhook"
    threads: ClassVar[int] = 8

    def load(self, delivery: Claimed) -> Request:
        """The event, and where it goes. Raises NotNeeded."""
        webhook = db.session.get(Webhook, delivery.webhook_id)
        if webhook is None or webhook.off_since is not None:
            raise NotNeeded("webhook_off")
        config: Config = current_app.extensions["unstuck"]
        secret = unsealed(webhook.secret)
        return Request(
            url=webhook.url,
            secrets=(secret,),
            message_id=delivery.message_id,
            payload=payload_of(delivery),
            private=config.private_webhooks,
        )

    def send(self, message: Request) -> Attempt:
        """One request, signed now."""
        return post(message)


def payload_of(delivery: Claimed) -> dict[str, Any]:
    """What a receiver gets: the event as the stream has it, in the envelope of Standard Webhooks.
    Raises NotNeeded where the event is kept no more."""
    if delivery.kind == TEST:
        data: dict[str, Any] = {"type": TEST, "project_id": delivery.project_id}
        moment = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"type": TEST, "timestamp": moment, "data": data}
    events = log.read(db.session(), delivery.job or 0, (delivery.seq or 0) - 1, limit=1)
    if not events or events[0].seq != delivery.seq:
        raise NotNeeded("event_pruned")
    data = events[0].data()
    return {"type": delivery.kind, "timestamp": data["at"], "data": data}


def post(message: Request) -> Attempt:
    """Send a signed request; what any receiver answers becomes an attempt."""
    body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":")).encode()
    sent = signing.headers(message.secrets, message.message_id, int(now().timestamp()), body)
    sent |= {"Content-Type": "application/json", "User-Agent": "Unstuck-Webhooks"}
    try:
        response = public_http.post(message.url, body, sent, private=message.private)
    except (NotAllowed, public_http.NotSent) as error:
        return Attempt(Outcome.FAILED, str(error))
    except public_http.NoResponse as error:
        return Attempt(Outcome.UNKNOWN, str(error))
    return public_http.attempt_of(response, gone=_GONE)
