"""What is done with passwords. Hashing takes long, so it never happens inside a transaction."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, Invalid
from webapp.extensions import db
from webapp.models import (
    Action,
    Invitation,
    Person,
    RecoveryCode,
    SecondFactor,
    SignInLink,
    TokenOffer,
)
from webapp.operations import audit, proofs, tokens
from webapp.operations.hashing import fits, hashed, outdated
from webapp.operations.sessions import (
    actor,
    begin_session,
    confirm,
    end_others,
    own_id,
    require_fresh,
)
from webapp.operations.transaction import transaction
from webapp.rules import passwords as rules

CODE_MISSING = "code"


class WrongPassword(AppError):
    status, code, title = 422, "wrong-password", _("Wrong email or password")


@dataclass(frozen=True)
class Arrival:
    """Somebody whose password was right: `browser` is the secret of the new session, or `step` that
    of the step that still waits for a code."""

    browser: str | None = None
    step: str | None = None


def sign_in(email: str, password: str, user_agent: str | None) -> Arrival:
    """Sign in by password. Who has a second factor still has to show a code."""
    person = _read(Person.email == email.strip().lower())
    stored = person.password_hash if person else None
    if not fits(stored, password[: rules.LONGEST + 1]) or person is None or stored is None:
        known = {"by": actor(person)} if person else {}
        audit.failed_sign_in("password", **known)
        raise WrongPassword(_("Wrong email or password. Try again."))
    renewed = hashed(password) if outdated(stored) else stored
    with transaction("sign_in") as session:
        person = _locked(session, person.id, stored)
        person.password_hash = renewed
        factor = session.get(SecondFactor, person.id)
        if factor is not None and factor.confirmed_at is not None:
            return Arrival(step=proofs.make(session, CODE_MISSING, person.id))
        return Arrival(begin_session(session, person, user_agent, how="password"))


def set_password(new: str, current: str, session_secret: str, *, by: Actor) -> None:
    """Give the caller a password, or another one; their other sessions and unused links end. With
    the password that they had, everything ends that who knew it could have made: their own tokens,
    their invitations and their links to tokens.

    Who has one shows it once more, unless they came by a one-time link a moment ago: that is the
    way back in for who has lost it.
    """
    person = _own(by)
    stored = person.password_hash
    _check(new, person)
    knows_it = bool(current) and fits(stored, current[: rules.LONGEST + 1])
    if current and not knows_it:
        raise WrongPassword(_("Your current password is wrong. Try again."), field="current")
    fresh_hash = hashed(new)
    with transaction("set_password") as session:
        person = _locked(session, person.id, stored)
        if not knows_it:
            here = require_fresh(session, session_secret, by)
            if stored and here.how != "link":
                raise WrongPassword(_("Enter your current password, too."), field="current")
        person.password_hash = fresh_hash
        _end_ways_in(session, person.id, session_secret, by, all_of_them=stored is not None)
        confirm(session, person.id, session_secret)
        audit.note(session, by=by, action=Action.PASSWORD_SET, subject=by.ref)


def remove(session_secret: str, *, by: Actor) -> None:
    """Take the caller's password away, and the second factor, which is of no use without it."""
    with transaction("remove_password") as session:
        require_fresh(session, session_secret, by)
        person = session.get_one(Person, own_id(by), with_for_update=True)
        if person.password_hash is not None:
            person.password_hash = None
            for table in (SecondFactor, RecoveryCode):
                session.execute(delete(table).where(table.person_id == person.id))
            _end_ways_in(session, person.id, session_secret, by, all_of_them=True)
            audit.note(session, by=by, action=Action.PASSWORD_REMOVED, subject=by.ref)


def _end_ways_in(
    session: Session, person_id: int, session_secret: str, by: Actor, *, all_of_them: bool
) -> None:
    end_others(session, session_secret, by=by)
    proofs.forget(session, person_id)
    unused = SignInLink.person_id == person_id, SignInLink.used_at.is_(None)
    session.execute(delete(SignInLink).where(*unused))
    if all_of_them:
        tokens.end_own(session, person_id, by=by)
        sent = Invitation.invited_by == person_id, Invitation.closed_at.is_(None)
        session.execute(update(Invitation).where(*sent).values(closed_at=now()))
        offered = TokenOffer.person_id == person_id, TokenOffer.used_at.is_(None)
        session.execute(delete(TokenOffer).where(*offered))


def confirm_by_password(password: str, session_secret: str, *, by: Actor) -> None:
    """Prove once more who one is, so that ways to sign in can be changed."""
    person = _own(by)
    if not fits(person.password_hash, password[: rules.LONGEST + 1]):
        audit.failed_sign_in("password", by=by)
        raise WrongPassword(_("Wrong password. Try again."))
    with transaction("confirm") as session:
        confirm(session, person.id, session_secret)


def _check(new: str, person: Person) -> None:
    refused = rules.refusal(rules.normal(new), (person.email, person.name))
    if refused is None:
        return
    sentences = {
        "short": _("Use at least %(least)s characters, such as four words.", least=rules.SHORTEST),
        "long": _("Use at most %(most)s characters.", most=rules.LONGEST),
        "guessable": _(
            "This password is too easy to guess. Use words that only you would put together."
        ),
    }
    raise Invalid(sentences[refused], {"new": refused})


def _own(by: Actor) -> Person:
    found = _read(Person.id == own_id(by))
    assert found is not None, "who is signed in is a person"  # noqa: S101 - tells the type checker
    return found


def _read(condition: object) -> Person | None:
    """A person, without keeping a connection for as long as a hash takes."""
    session: Session = db.session()
    found = session.scalar(select(Person).where(condition))  # type: ignore[arg-type]
    session.expunge_all()
    session.rollback()
    return found


def _locked(session: Session, person_id: int, stored: str | None) -> Person:
    """The person, locked, if their password is still the one that was looked at."""
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    if person.password_hash != stored:
        raise Conflict(_("The password was just changed. Try again."))
    return person
