"""A person's address: what others know them by, and where links and invitations lead.

A new one is only wanted until its person has proved it with a code that was mailed there, or an
owner has confirmed it. Until then nothing finds its person by it: otherwise anyone could take the
address of somebody who is about to be invited, and get what was meant for them.

Where a mail server is set up, `keys` are given: they seal the code to the new address, and what the
old address is told once it is no longer theirs.
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from webapp.models import Action, Membership, Person, Proof, SignInLink
from webapp.operations import address_notices, audit, mailing, members, people, sealing
from webapp.operations.secrets import digest
from webapp.operations.sessions import own_id, require_fresh, require_proof
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.queries import members as queries

_CODE_LIVES: Final = timedelta(minutes=15)
_AGAIN_AFTER: Final = timedelta(minutes=1)
_TRIES: Final = 5


def change(email: str, session_secret: str, keys: sealing.Keys | None = None, *, by: Actor) -> bool:
    """Ask for another address. An owner of all projects, who is trusted with everybody's, has it at
    once; for others it is wanted until `prove` or `confirm`. With `keys`, which seal it until it is
    sent, a code goes to the address; asking again sends another. Returns whether it is theirs
    already. Raises Conflict while a code is less than a minute old."""
    email = people.address(email)
    with _unique(), transaction("change_address") as session:
        person = session.get_one(Person, own_id(by), with_for_update=True)
        require_fresh(session, session_secret, by)
        if person.email == email:
            person.wanted_email = None
            _forget_code(session, person.id)
            return True
        roles = {each.project_id: each.role for each in accounts.memberships(session, person.id)}
        if roles.get(ALL_PROJECTS) == "owner":
            _take(session, person, email, keys, by=by)
            return True
        if keys is not None:
            _send_code(session, person.id, email, keys)
        else:
            _forget_code(session, person.id)
        if person.wanted_email != email:
            person.wanted_email = email
            _note(session, person, Action.ADDRESS_WANTED, by, email)
    return False


def prove(code: str, keys: sealing.Keys | None = None, *, by: Actor) -> None:
    """Prove that the wanted address is one's own with the code that was sent there: from now on it
    is theirs. A code works once, for one person and one address. Raises Invalid, Conflict."""
    refused: AppError | None = None
    with _unique(), transaction("prove_address") as session:
        person = session.get_one(Person, own_id(by), with_for_update=True)
        wanted = person.wanted_email
        if wanted is None:
            raise Conflict(_("You didn't ask for another email address. Reload the page."))
        proof = session.scalar(_codes(person.id).with_for_update())
        given = _hash(person.id, wanted, code.strip().replace(" ", ""))
        if proof is None or proof.expires_at < now() or proof.misses >= _TRIES:
            refused = Invalid(_("This code has expired. Send a new one."))
        elif not hmac.compare_digest(given, proof.secret_hash):
            proof.misses += 1  # counted, so the transaction must not be rolled back
            refused = Invalid(_("Wrong code. Try again."))
        else:
            _take(session, person, wanted, keys, by=by)
            person.proved_email = wanted
    if refused is not None:
        raise refused


def confirm(
    person_id: int,
    project_id: str,
    email: str,
    keys: sealing.Keys | None = None,
    *,
    by: Actor,
    session_secret: str = "",
) -> None:
    """Confirm that the wanted address is the member's: `email` as the owner read it. Only somebody
    else does that, who owns all that the member is in."""
    with _unique(), transaction("confirm_address") as session:
        owner = members.guard(session, project_id, by)
        require_proof(session, session_secret, by)
        if session.get(Membership, (person_id, project_id)) is None:
            raise NotFound(_("They're no longer in this project. Reload the page."))
        if person_id == by.person_id or person_id in queries.beyond(session, [person_id], by=owner):
            raise Forbidden(_("You need to own every project they are in. Ask another owner."))
        person = session.get_one(Person, person_id, with_for_update=True)
        if person.wanted_email is None or person.wanted_email != people.address(email):
            raise Conflict(_("They no longer want this address. Reload the page."))
        _take(session, person, person.wanted_email, keys, by=by)


def _send_code(session: Session, person_id: int, email: str, keys: sealing.Keys) -> None:
    moment = now()
    last = session.scalar(_codes(person_id))
    if last is not None and last.expires_at - moment > _CODE_LIVES - _AGAIN_AFTER:
        raise Conflict(_("A code was sent less than a minute ago. Check your inbox."))
    _forget_code(session, person_id)
    code = f"{secrets.randbelow(1_000_000):06}"
    until = moment + _CODE_LIVES
    session.add(
        Proof(
            kind=accounts.ADDRESS_CODE,
            secret_hash=_hash(person_id, email, code),
            person_id=person_id,
            expires_at=until,
        )
    )
    mailing.send_address_code(session, email, code, until, keys)


def _hash(person_id: int, email: str, code: str) -> str:
    """What is kept of a code: it fits this person and this address only."""
    return digest(f"address:{person_id}:{email}:{code}")


def _codes(person_id: int) -> Select[Proof]:
    """The code that was mailed to a person: there is one at most."""
    return select(Proof).where(Proof.kind == accounts.ADDRESS_CODE, Proof.person_id == person_id)


def _forget_code(session: Session, person_id: int) -> None:
    session.execute(
        delete(Proof).where(Proof.kind == accounts.ADDRESS_CODE, Proof.person_id == person_id)
    )


def _take(
    session: Session, person: Person, email: str, keys: sealing.Keys | None, *, by: Actor
) -> None:
    if keys is not None:
        address_notices.tell_of_change(session, person, keys)
    _note(session, person, Action.ADDRESS_CHANGED, by, email)
    person.email, person.wanted_email = email, None
    _forget_code(session, person.id)
    mailed = SignInLink.person_id == person.id, SignInLink.mailed, SignInLink.used_at.is_(None)
    session.execute(delete(SignInLink).where(*mailed))  # they went to the old one
    session.flush()


def _note(session: Session, person: Person, action: Action, by: Actor, email: str) -> None:
    """Old and new are on record, for the owners of all projects."""
    details = {"name": f"{person.email} → {email}"}
    audit.note(session, by=by, action=action, subject=f"address:{person.id}", **details)


@contextmanager
def _unique() -> Iterator[None]:
    """Turn the constraint that no two people have one address into Invalid."""
    try:
        yield
    except IntegrityError as error:
        message = _("This email address can't be used here. Use another one.")
        raise Invalid(message, {"email": "is taken"}) from error
