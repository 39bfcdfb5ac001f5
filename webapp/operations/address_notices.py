"""What a person is told of their own addresses at those they had before: whoever found one of their
browsers open may have changed them."""

from typing import Any, Final

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Person, PersonalChannel
from webapp.operations import mailing, people, sealing

NEW_ADDRESS: Final = "new_address"
"""Another address gets the person's messages."""

ADDRESS_CHANGED: Final = "address_changed"
"""The person signs in with another address."""

_GONE: Final = "gone"
_SHOW: Final = ("push", "telegram")


def tell_of_new(session: Session, added: PersonalChannel, keys: sealing.Keys) -> None:
    """Tell the person of an address that gets their messages from now on, in the caller's
    transaction: by email at their sign-in address and all others they have proved, also where they
    get no questions, and in their other channels."""
    person = session.get_one(Person, added.person_id)
    proved = session.scalars(
        select(PersonalChannel)
        .where(
            PersonalChannel.person_id == person.id,
            PersonalChannel.id != added.id,
            PersonalChannel.verified_at.is_not(None),
            PersonalChannel.off_because.is_distinct_from(_GONE),
        )
        .order_by(PersonalChannel.id)
    ).all()
    said = {"address": added.name or added.address}
    mailed = {person.email} | {each.address for each in proved if each.kind == mailing.EMAIL}
    for email in sorted(mailed - {added.address, people.FIRST_FOUNDER}):
        _mail(session, NEW_ADDRESS, person, said | {"to": email}, keys)
    for device in proved:
        if device.kind in _SHOW:
            sealed = sealing.seal(said["address"], keys)
            mailing.store(
                session, device.kind, NEW_ADDRESS, personal_channel_id=device.id, sealed=sealed
            )


def tell_of_change(session: Session, person: Person, keys: sealing.Keys) -> None:
    """Email to the address with which the person signed in so far that it is no longer theirs, in
    the caller's transaction and before the change. The message doesn't name the new one: the old
    mailbox may be somebody else's by now."""
    if person.email != people.FIRST_FOUNDER:
        _mail(session, ADDRESS_CHANGED, person, {"to": person.email}, keys)


def _mail(
    session: Session, kind: str, person: Person, said: dict[str, Any], keys: sealing.Keys
) -> None:
    """In the person's own language: the page's is that of the browser that did it."""
    language = person.language or str(get_locale())
    mailing.send(session, kind, said | {"language": language}, keys)
