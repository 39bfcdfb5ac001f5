"""What a person does to get messages in Telegram: they open a link that starts the bot there, and
confirm on the page that the account which opened it is theirs."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid
from webapp.models import Action, PersonalChannel
from webapp.operations import address_notices, audit, channels, mailing, sealing, worker_leases
from webapp.operations.secrets import digest, new_secret
from webapp.operations.sessions import own_id, require_fresh
from webapp.operations.transaction import transaction
from webapp.rules.limits import clean_text, number_in

TELEGRAM: Final = "telegram"

_LIVES: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Account:
    """A person's account, as Telegram names it. Private chats have the number of the account."""

    id: str
    name: str


def connect(keys: sealing.Keys, *, session_secret: str, by: Actor) -> PersonalChannel:
    """Make the link with which a person starts the bot; an earlier one no longer works. Raises
    ConfirmFirst, Conflict."""
    person_id = own_id(by)
    with transaction("connect telegram") as session:
        require_fresh(session, session_secret, by)
        found = _pending(session, person_id) or _new(session, person_id)
        secret = new_secret()
        found.address, found.name = "", None
        found.code_hash, found.code_until = _hash(found.id, secret), now() + _LIVES
        found.sealed = sealing.seal(secret, keys)
    return found


def _pending(session: Session, person_id: int) -> PersonalChannel | None:
    query = select(PersonalChannel).where(
        PersonalChannel.person_id == person_id,
        PersonalChannel.kind == TELEGRAM,
        PersonalChannel.verified_at.is_(None),
    )
    return session.scalar(query.order_by(PersonalChannel.id).with_for_update())


def _new(session: Session, person_id: int) -> PersonalChannel:
    mine = PersonalChannel.person_id == person_id
    if (session.scalar(select(func.count()).where(mine)) or 0) >= channels.MOST:
        raise Conflict(lazy_gettext("You have 10 channels. Remove one first."))
    made = PersonalChannel(person_id=person_id, kind=TELEGRAM, address="", created_at=now())
    session.add(made)
    session.flush()
    return made


def _hash(channel_id: int, secret: str) -> str:
    # Not as the code of an email is hashed: who has the link proves nothing on the page with it.
    return digest(f"{TELEGRAM}:{channel_id}:{secret}")


def parameter(channel: PersonalChannel, keys: sealing.Keys) -> str | None:
    """What the link hands to the bot; None where there is no link that works."""
    if channel.address or channel.code_until is None or channel.code_until <= now():
        return None
    secret = sealing.unseal(channel.sealed or "", keys)
    return secret and f"{channel.id}-{secret}"


def start(given: str, account: Account, turn: worker_leases.Turn) -> PersonalChannel | None:
    """Note which account opened a link. It gets nothing before its person confirmed it on the page.
    Returns None for a link that doesn't work. Raises LeaseLost."""
    number, _, secret = given.partition("-")
    with transaction("start telegram") as session:
        worker_leases.keep(session, turn)
        key = number_in(number)
        found = session.get(PersonalChannel, key, with_for_update=True) if key else None
        if found is None or not _opens(found, secret):
            return None
        if _is_used(session, found, account):
            return None
        found.address, found.name = account.id, clean_text(account.name)[:80]
        found.code_hash, found.sealed, found.code_until = None, None, now() + _LIVES
    return found


def _opens(channel: PersonalChannel, secret: str) -> bool:
    if channel.kind != TELEGRAM or channel.code_hash is None or channel.code_until is None:
        return False
    is_right = hmac.compare_digest(channel.code_hash, _hash(channel.id, secret))
    return is_right and channel.code_until > now() and channel.verified_at is None


def _is_used(session: Session, channel: PersonalChannel, account: Account) -> bool:
    """Whether the person has this account as a channel already."""
    query = select(PersonalChannel.id).where(
        PersonalChannel.person_id == channel.person_id,
        PersonalChannel.kind == TELEGRAM,
        PersonalChannel.address == account.id,
    )
    return session.scalar(query) is not None


def confirm(
    channel_id: int,
    account: str,
    keys: sealing.Keys | None = None,
    *,
    session_secret: str,
    by: Actor,
) -> None:
    """Say that the account which opened the link is one's own, and send it a test. With `keys`, its
    person is told at the addresses they had; it ends with the session, as an address does. Raises
    ConfirmFirst, Invalid, NotFound."""
    with transaction("confirm telegram") as session:
        browser = require_fresh(session, session_secret, by)
        found = channels.own(session, channel_id, by=by)
        if found.kind == TELEGRAM and found.verified_at is not None:
            return
        is_open = found.code_until is not None and found.code_until > now()
        if found.kind != TELEGRAM or not found.address or found.address != account or not is_open:
            raise Invalid(lazy_gettext("This link has expired. Connect Telegram again."))
        found.verified_at, found.code_until = now(), None
        found.browser_session_id = browser.id
        if keys is not None:
            address_notices.tell_of_new(session, found, keys)
        channels.put_last(session, found)
        audit.note(
            session,
            by=by,
            action=Action.CHANNEL_ADDED,
            subject=f"channel:{found.id}",
            name=TELEGRAM,
        )
        mailing.store(session, TELEGRAM, channels.TEST, personal_channel_id=found.id)
