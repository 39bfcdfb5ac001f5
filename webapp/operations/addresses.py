"""A person's address: what others know them by, and where links and invitations lead.

A new one is only wanted until an owner has confirmed it. Until then nothing finds its person by it:
otherwise anyone could take the address of somebody who is about to be invited, and get what was
meant for them. Once mail can be sent, a code that was mailed there will prove it as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.models import Action, Membership, Person
from webapp.operations import audit, members, people
from webapp.operations.sessions import own_id, require_fresh, require_proof
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.queries import members as queries


def change(email: str, session_secret: str, *, by: Actor) -> bool:
    """Ask for another address. An owner of all projects, who is trusted with everybody's, has it at
    once; for others it is wanted until `confirm`. Returns whether it is theirs already."""
    email = people.address(email)
    with _unique(), transaction("change_address") as session:
        require_fresh(session, session_secret, by)
        person = session.get_one(Person, own_id(by), with_for_update=True)
        if person.email == email:
            person.wanted_email = None
            return True
        roles = {each.project_id: each.role for each in accounts.memberships(session, person.id)}
        if roles.get(ALL_PROJECTS) == "owner":
            _take(session, person, email, by=by)
            return True
        if person.wanted_email != email:
            person.wanted_email = email
            _note(session, person, Action.ADDRESS_WANTED, by, email)
    return False


def confirm(
    person_id: int, project_id: str, email: str, *, by: Actor, session_secret: str = ""
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
        _take(session, person, person.wanted_email, by=by)


def _take(session: Session, person: Person, email: str, *, by: Actor) -> None:
    _note(session, person, Action.ADDRESS_CHANGED, by, email)
    person.email, person.wanted_email = email, None
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
