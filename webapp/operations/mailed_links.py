"""Sign-in links by email. Anyone may ask for one; only a person who is in a project gets one.

Asking stores a message and does nothing else, whoever the address belongs to: neither the answer
nor its time says who has an account. The worker looks that up and makes the link.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.clock import now
from webapp.models import Action, Person, SignInLink
from webapp.operations import audit, mailing, people, sealing
from webapp.operations.secrets import digest, new_secret
from webapp.operations.sessions import actor
from webapp.operations.transaction import transaction
from webapp.queries import accounts, ways_in

SIGN_IN_LINK: Final = "sign_in_link"
LIVES: Final = timedelta(minutes=15)


def ask(email: str, keys: sealing.Keys) -> None:
    """Store the message with a link for that address, in the language of the page. Raises
    Invalid."""
    content = {
        "to": people.address(email),
        "secret": new_secret(),
        "until": (now() + LIVES).isoformat(),
    }
    with transaction("mail sign-in link") as session:
        mailing.send(session, SIGN_IN_LINK, content, keys)


class Made(StrEnum):
    """What became of a link that somebody asked for. The last two are reasons to send nothing."""

    LINK = "link"
    UNPROVED = "unproved"
    EXPIRED = "expired"
    NO_ACCOUNT = "no_account"


def make(content: dict[str, Any]) -> Made:
    """Let the link of that message work, as it is about to be sent; a second time changes nothing.

    Where the address was never proved and somebody is in the account already, there is no link: two
    people would share it. The message says so."""
    until = datetime.fromisoformat(content["until"])
    if until <= now():
        return Made.EXPIRED
    with transaction("make sign-in link") as session:
        to = content["to"]
        # The one that everything starts with has an address that is nobody's mailbox.
        if to == people.FIRST_FOUNDER or not accounts.is_member(session, to):
            return Made.NO_ACCOUNT
        # Locked: the address may be given up at this moment.
        query = select(Person).where(Person.email == to).with_for_update()
        if (person := session.scalar(query)) is None:
            return Made.NO_ACCOUNT
        if not ways_in.is_owner_of_address(session, person):
            return Made.UNPROVED
        link = insert(SignInLink).values(
            person_id=person.id,
            secret_hash=digest(content["secret"]),
            created_at=now(),
            expires_at=until,
            mailed=True,
        )
        made = session.scalar(link.on_conflict_do_nothing().returning(SignInLink.id))
        if made is not None:
            who = actor(person)
            audit.note(session, by=who, action=Action.LINK_MAILED, subject=who.ref)
    return Made.LINK
