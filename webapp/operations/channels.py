"""What a person does with their channels: add one, prove that it is theirs, put it in order.

A new one asks for a recent proof of who they are, is told to them at the addresses they had, and
ends when they sign out the browser in which it was added (`signed_out`): whoever finds a browser
open gets no messages for good."""

import hmac
import secrets
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid, NotFound
from webapp.models import Action, BrowserSession, Person, PersonalChannel
from webapp.operations import address_notices, audit, mailing, people, sealing
from webapp.operations.secrets import digest
from webapp.operations.sessions import require_fresh
from webapp.operations.signed_out import DEVICE
from webapp.operations.transaction import transaction

CODE: Final = "code"
TEST: Final = "test"
MOST: Final = 10
"""Channels of one person."""

_CODE_LIVES: Final = timedelta(minutes=15)
_TRIES: Final = 5


def add_email(email: str, keys: sealing.Keys, *, session_secret: str, by: Actor) -> PersonalChannel:
    """Add an e-mail address and send a code to it: it gets nothing else before its person entered
    that. An address that was added before gets a new code. Raises Invalid, Conflict, ConfirmFirst.
    """
    address, person_id = people.address(email), _person(by)
    with transaction("add channel") as session:
        browser = _fresh(session, session_secret, by)
        mine = select(PersonalChannel).where(PersonalChannel.person_id == person_id)
        found = session.scalar(
            mine.where(PersonalChannel.kind == mailing.EMAIL, PersonalChannel.address == address)
        )
        if found is None:
            if len(session.scalars(mine).all()) >= MOST:
                raise Conflict(lazy_gettext("You have 10 channels. Remove one first."))
            found = PersonalChannel(
                person_id=person_id, kind=mailing.EMAIL, address=address, created_at=now()
            )
            session.add(found)
            session.flush()
        if found.verified_at is not None:
            raise Conflict(lazy_gettext("This address is already one of your channels."))
        found.browser_session_id = browser.id
        _send_code(session, found, keys)
    return found


def _send_code(session: Session, channel: PersonalChannel, keys: sealing.Keys) -> None:
    code = f"{secrets.randbelow(1_000_000):06}"
    if channel.code_until is not None and channel.code_until - now() > timedelta(minutes=14):
        raise Conflict(lazy_gettext("A code was sent less than a minute ago. Check your inbox."))
    send_code(session, channel, code, keys)


def send_code(session: Session, channel: PersonalChannel, code: str, keys: sealing.Keys) -> None:
    """Send a channel the code that proves it (`verify`), in the caller's transaction."""
    channel.code_hash, channel.code_tries = digest(f"{channel.id}:{code}"), 0
    channel.code_until = now() + _CODE_LIVES
    sealed = sealing.seal(code, keys)
    mailing.store(session, channel.kind, CODE, personal_channel_id=channel.id, sealed=sealed)


def verify(
    channel_id: int, code: str, keys: sealing.Keys, *, session_secret: str, by: Actor
) -> None:
    """Prove that an address is one's own with the code that was sent to it. Its person is told at
    the addresses they had, once. Raises Invalid, ConfirmFirst."""
    with transaction("verify channel") as session:
        browser = _fresh(session, session_secret, by)
        channel = own(session, channel_id, by=by)
        if channel.kind == DEVICE:  # it shows its own code
            raise NotFound(lazy_gettext("Channel not found. You may have removed it."))
        if channel.verified_at is not None:
            return
        wrong = _prove(session, channel, code, by)
        if wrong is None:
            channel.browser_session_id = browser.id
            address_notices.tell_of_new(session, channel, keys)
    if wrong is not None:
        raise wrong


def verify_device(channel_id: int, code: str, *, by: Actor) -> None:
    """Prove that a device is one's own with the code in its first message. Raises Invalid."""
    with transaction("verify channel") as session:
        channel = own(session, channel_id, by=by)
        if channel.kind != DEVICE:  # an address asks for more than a code
            raise NotFound(lazy_gettext("Channel not found. You may have removed it."))
        wrong = None if channel.verified_at else _prove(session, channel, code, by)
    if wrong is not None:
        raise wrong


def _prove(session: Session, channel: PersonalChannel, code: str, by: Actor) -> Invalid | None:
    """Note that the channel is proved, or return what is wrong with the code. A wrong one is
    counted, so the transaction must not be rolled back."""
    tries_left = channel.code_tries < _TRIES and channel.code_until is not None
    given = digest(f"{channel.id}:{code.strip().replace(' ', '')}")
    if not tries_left or (channel.code_until or now()) < now():
        return Invalid(lazy_gettext("This code has expired. Send a new one."))
    if not hmac.compare_digest(given, channel.code_hash or ""):
        channel.code_tries += 1
        return Invalid(lazy_gettext("Wrong code. Try again."))
    channel.verified_at = now()
    channel.code_hash = channel.code_until = None
    put_last(session, channel)
    people.note_proof(session, channel.person_id, channel.address)
    _note(session, channel, Action.CHANNEL_ADDED, by)
    return None


def send_test(channel_id: int, *, by: Actor) -> None:
    """Send a test message the way of all others."""
    with transaction("test channel") as session:
        channel = own(session, channel_id, by=by)
        if channel.verified_at is None or channel.off_since is not None:
            raise Conflict(lazy_gettext("This channel is off. Switch it on first."))
        mailing.store(session, channel.kind, TEST, personal_channel_id=channel.id)


def switch(channel_id: int, *, on: bool, by: Actor) -> None:
    """Let a channel get messages, or none any more."""
    with transaction("switch channel") as session:
        channel = own(session, channel_id, by=by)
        channel.off_since = None if on else channel.off_since or now()
        channel.off_because = None if on else channel.off_because or "person"
        channel.failures, channel.failing_since = 0, None
        _note(session, channel, Action.CHANNEL_ON if on else Action.CHANNEL_OFF, by)


def unsubscribe(channel_id: int) -> None:
    """Switch a channel off for whoever holds a link that was sent to it. Once only changes
    something."""
    with transaction("unsubscribe") as session:
        session.execute(
            update(PersonalChannel)
            .where(PersonalChannel.id == channel_id, PersonalChannel.off_since.is_(None))
            .values(off_since=now(), off_because="unsubscribed")
        )


def remove(channel_id: int, *, by: Actor) -> None:
    """Take a channel away."""
    with transaction("remove channel") as session:
        channel = own(session, channel_id, by=by)
        _note(session, channel, Action.CHANNEL_REMOVED, by)
        session.delete(channel)


def put_last(session: Session, channel: PersonalChannel) -> None:
    """Give a channel that was proved its place behind its person's others: from now on it gets
    messages."""
    mine = PersonalChannel.person_id == channel.person_id
    last = session.scalar(select(func.max(PersonalChannel.position)).where(mine))
    channel.position = (last or 0) + 1


def _fresh(session: Session, session_secret: str, by: Actor) -> BrowserSession:
    """The caller's session, if who they are was proved a short while ago. Whatever else changes
    the person's channels waits: the person is locked first, as everywhere."""
    session.get_one(Person, _person(by), with_for_update=True)
    return require_fresh(session, session_secret, by)


def own(session: Session, channel_id: int, *, by: Actor) -> PersonalChannel:
    """One of the caller's channels, locked. Raises NotFound."""
    query = select(PersonalChannel).where(
        PersonalChannel.id == channel_id, PersonalChannel.person_id == _person(by)
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(lazy_gettext("Channel not found. You may have removed it."))
    return found


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise NotFound(lazy_gettext("Channel not found. You may have removed it."))
    return by.person_id


def _note(session: Session, channel: PersonalChannel, action: Action, by: Actor) -> None:
    audit.note(session, by=by, action=action, subject=f"channel:{channel.id}", name=channel.kind)
