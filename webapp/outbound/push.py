"""Push messages to browsers, encrypted for each (RFC 8291) and signed by this server (RFC 8292)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from flask import current_app

from webapp.accounts.secret_keys import secret_keys
from webapp.clock import now
from webapp.config import Config
from webapp.extensions import db
from webapp.operations import push, push_keys
from webapp.operations.deliveries import Claimed
from webapp.outbound import public_http, push_messages
from webapp.outbound.channel import Channel, NotNeeded, unsealed
from webapp.outbound.messages import root
from webapp.queries import reach
from webapp.rules import push_services
from webapp.rules.public_addresses import NotAllowed
from webapp.rules.sending import Attempt, Outcome

_CLAIM_LIVES: Final = timedelta(hours=12)
_GONE: Final = (404, 410)
_REFUSED: Final = (400, 413)


@dataclass(frozen=True)
class Push:
    """A message for one browser. `services` and `private` say where it may go."""

    endpoint: str
    p256dh: str
    auth: str
    message: push_messages.Message
    private_key: str
    contact: str
    services: tuple[str, ...]
    private: bool


class PushMessages(Channel[Push]):
    """Messages to the devices under Settings → Notifications. A browser shows a repetition in place
    of the message it has."""

    name: ClassVar[str] = push.PUSH
    threads: ClassVar[int] = 8

    def load(self, delivery: Claimed) -> Push:
        """The message, and the keys of its browser. Raises NotNeeded, NotYet."""
        config: Config = current_app.extensions["unstuck"]
        found = reach.receiver(db.session(), delivery.personal_channel_id or 0)
        if found is None:
            raise NotNeeded("channel_off")
        if reach.is_signed_out(db.session(), found.channel):
            raise NotNeeded("signed_out")
        browser = json.loads(unsealed(found.channel.sealed))
        message = push_messages.of(delivery, found, root(config))
        return Push(
            endpoint=found.channel.address,
            p256dh=browser["p256dh"],
            auth=browser["auth"],
            message=message,
            private_key=push_keys.private_key(secret_keys(), config.push.private_key),
            contact=contact(config),
            services=config.push.services,
            private=config.private_webhooks,
        )

    def send(self, message: Push) -> Attempt:
        """One request to the push service."""
        try:
            parts = push_services.check(message.endpoint, message.services, private=message.private)
            body = encrypted(message)
            headers = _headers(message, f"{parts.scheme}://{parts.netloc}")
            response = public_http.post(message.endpoint, body, headers, private=message.private)
        except NotAllowed as error:
            return Attempt(Outcome.REFUSED, str(error))
        except public_http.NotSent as error:
            return Attempt(Outcome.FAILED, str(error))
        except public_http.NoResponse as error:
            return Attempt(Outcome.UNKNOWN, str(error))
        return public_http.attempt_of(response, gone=_GONE, refused=_REFUSED)


def contact(config: Config) -> str:
    """How a push service can reach whoever runs this server, as it asks for."""
    if config.push.contact:
        return config.push.contact
    if config.mail:
        return f"mailto:{config.mail.sender}"
    is_https = (config.public_url or "").startswith("https://")
    return str(config.public_url) if is_https else "https://localhost"


def encrypted(message: Push) -> bytes:
    """The payload as only its browser can read it."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    payload = json.dumps(message.message.payload, ensure_ascii=False, separators=(",", ":"))
    return bytes(
        http_ece.encrypt(
            payload.encode(),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=push_keys.raw(message.p256dh),
            auth_secret=push_keys.raw(message.auth),
            version="aes128gcm",
        )
    )


def _headers(message: Push, audience: str) -> dict[str, str]:
    from py_vapid import Vapid02

    claims = {
        "sub": message.contact,
        "aud": audience,
        "exp": int((now() + _CLAIM_LIVES).timestamp()),
    }
    signed = Vapid02.from_raw(message.private_key.encode()).sign(claims)
    return {
        "Authorization": signed["Authorization"],
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.message.ttl_s),
        "Topic": message.message.topic,
        "Urgency": message.message.urgency,
    }
