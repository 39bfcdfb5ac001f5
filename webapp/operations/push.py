"""What a person does with devices that get push messages. A device belongs to the session in which
it was added: once that is ended, it gets nothing."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid
from webapp.models import BrowserSession, PersonalChannel
from webapp.operations import channels, mailing, sealing
from webapp.operations.push_keys import raw
from webapp.operations.secrets import digest, new_secret
from webapp.operations.sessions import own_id, require_fresh
from webapp.operations.signed_out import DEVICE
from webapp.operations.transaction import transaction
from webapp.rules import push_services
from webapp.rules.public_addresses import NotAllowed

PUSH: Final = DEVICE
MOST: Final = 16
"""Devices of one person."""

_POINT: Final = 65  # bytes
_AUTH: Final = 16


@dataclass(frozen=True)
class Subscription:
    """What a browser says of itself: where messages go, and the keys that encrypt them."""

    endpoint: str
    p256dh: str
    auth: str

    def check(self, services: Collection[str], *, private: bool) -> None:
        """Raise Invalid where no message can be sent to it."""
        from cryptography.hazmat.primitives.asymmetric import ec

        try:
            push_services.check(self.endpoint, services, private=private)
            point = raw(self.p256dh)
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            if len(point) != _POINT or len(raw(self.auth)) != _AUTH:
                raise ValueError("a key of another length")
        except (NotAllowed, ValueError) as error:
            raise Invalid(
                lazy_gettext("This browser gave an address that Unstuck can't send to."),
                {"endpoint": str(error) or "is not valid"},
            ) from None


def add_device(
    subscription: Subscription,
    name: str,
    keys: sealing.Keys,
    *,
    session_secret: str,
    by: Actor,
) -> PersonalChannel:
    """Add a device and send it a message. It gets nothing else before it confirmed that one. The
    device is no longer anyone else's. Raises ConfirmFirst, Conflict."""
    person_id = own_id(by)
    with transaction("add device") as session:
        browser = require_fresh(session, session_secret, by)
        _take_from_others(session, subscription.endpoint, person_id)
        _require_room(session, subscription.endpoint, person_id)
        values: dict[str, Any] = {
            "person_id": person_id,
            "name": name[:80],
            "sealed": sealing.seal(
                json.dumps({"p256dh": subscription.p256dh, "auth": subscription.auth}), keys
            ),
            "browser_session_id": browser.id,
            "off_since": None,
            "off_because": None,
            "failures": 0,
            "failing_since": None,
        }
        row = insert(PersonalChannel).values(
            kind=PUSH, address=subscription.endpoint, created_at=now(), **values
        )
        key = session.scalar(
            row.on_conflict_do_update(
                index_elements=["address"],
                index_where=PersonalChannel.kind == PUSH,
                set_=values,
            ).returning(PersonalChannel.id)
        )
        found = session.get_one(PersonalChannel, key, populate_existing=True)
        _send_first(session, found, keys)
    return found


def _require_room(session: Session, endpoint: str, person_id: int) -> None:
    others = select(func.count()).where(
        PersonalChannel.person_id == person_id,
        PersonalChannel.kind == PUSH,
        PersonalChannel.address != endpoint,
    )
    if (session.scalar(others) or 0) >= MOST:
        raise Conflict(lazy_gettext("You have 16 devices. Remove one first."))


def _send_first(session: Session, device: PersonalChannel, keys: sealing.Keys) -> None:
    """A test; to a new device one with a code, which the device sends back."""
    if device.verified_at is not None:
        mailing.store(session, PUSH, channels.TEST, personal_channel_id=device.id)
        return
    channels.send_code(session, device, new_secret(), keys)


def seen(endpoint: str, *, session_secret: str, by: Actor) -> None:
    """Note in which session a device is now. It is no longer the device of anyone else."""
    person_id = own_id(by)
    with transaction("device seen") as session:
        _take_from_others(session, endpoint, person_id)
        found = session.scalar(select(PersonalChannel).where(_is(endpoint)))
        if found is not None:
            mine = BrowserSession.secret_hash == digest(session_secret)
            found.browser_session_id = session.scalar(select(BrowserSession.id).where(mine))


def _take_from_others(session: Session, endpoint: str, person_id: int) -> None:
    session.execute(
        delete(PersonalChannel).where(_is(endpoint), PersonalChannel.person_id != person_id)
    )


def _is(endpoint: str) -> Any:
    return (PersonalChannel.kind == PUSH) & (PersonalChannel.address == endpoint)
