"""What is done to people: invite, sign in by a one-time link, sign out."""

import re
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, DESK, Actor, Role
from webapp.clock import now
from webapp.errors import AppError, Forbidden, Invalid, NotFound
from webapp.models import Action, BrowserSession, Membership, Person, SignInLink
from webapp.operations import audit
from webapp.operations.secrets import digest, new_secret
from webapp.operations.transaction import transaction
from webapp.rules.limits import clean_text

LINK_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(days=30)
FIRST_FOUNDER = "founder@localhost"
LONGEST_NAME = 80

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class LinkUsed(AppError):
    status, code, title = 410, "link-used", "This link no longer works"


def make_link(
    email: str, *, role: Role = "owner", project_id: str = ALL_PROJECTS, by: Actor = DESK
) -> str:
    """A secret for a one-time sign-in link; the person is made if new. It lives for 24 hours."""
    email = email.strip().lower()
    if not _ADDRESS.fullmatch(email):
        raise Invalid(
            f"{email!r} is not an e-mail address. Write it like anna@example.com.",
            {"email": "is not an e-mail address"},
        )
    secret = new_secret()
    with transaction() as session:
        person = _person(session, email, role, project_id)
        moment = now()
        link = SignInLink(
            person_id=person.id,
            secret_hash=digest(secret),
            created_at=moment,
            expires_at=moment + LINK_LIVES,
        )
        session.add(link)
        audit.note(session, by=by, action=Action.LINK_MADE, subject=f"person:{person.id}")
    return secret


def _person(session: Session, email: str, role: Role, project_id: str) -> Person:
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        name = email.split("@")[0].replace(".", " ").title()
        person = Person(email=email, name=name, created_at=now())
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, project_id=project_id, role=role))
    return person


def sign_in(link_secret: str, user_agent: str | None) -> str:
    """Use up a one-time link. Returns the secret of the new browser session."""
    try:
        with transaction() as session:
            person = _use_up(session, link_secret)
            return begin_session(session, person, user_agent, how="link")
    except LinkUsed:
        audit.failed_sign_in("link")
        raise


def _use_up(session: Session, link_secret: str) -> Person:
    moment = now()
    person_id = session.scalar(
        update(SignInLink)
        .where(
            SignInLink.secret_hash == digest(link_secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > moment,
        )
        .values(used_at=moment)
        .returning(SignInLink.person_id)
    )
    if person_id is None:
        raise LinkUsed(
            "It was used already, or it is too old. Make a new one on the server with: "
            "flask --app wsgi founder link EMAIL"
        )
    return session.get_one(Person, person_id)


def begin_session(session: Session, person: Person, user_agent: str | None, *, how: str) -> str:
    """Sign the person in, who has shown who they are; `how` says by what. Inside a transaction.
    Returns the secret of the new browser session."""
    secret, moment = new_secret(), now()
    session.add(
        BrowserSession(
            person_id=person.id,
            secret_hash=digest(secret),
            user_agent=clean_text(user_agent or "")[:255] or None,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + SESSION_LIVES,
        )
    )
    audit.note(session, by=actor(person), action=Action.SIGNED_IN, how=how)
    return secret


def actor(person: Person) -> Actor:
    """The person, for the record; what they may do is not looked up."""
    return Actor(ref=f"person:{person.id}", name=person.name)


def sign_out(session_secret: str) -> None:
    """End a browser session. An ended one stays ended."""
    with transaction() as session:
        person_id = session.scalar(
            update(BrowserSession)
            .where(
                BrowserSession.secret_hash == digest(session_secret),
                BrowserSession.ended_at.is_(None),
            )
            .values(ended_at=now())
            .returning(BrowserSession.person_id)
        )
        if person_id is not None:
            person = session.get_one(Person, person_id)
            audit.note(session, by=actor(person), action=Action.SIGNED_OUT)


def note_seen(browser: BrowserSession) -> None:
    """Keep `last_seen_at` true to the minute, without a write per page."""
    moment = now()
    if moment - browser.last_seen_at > timedelta(minutes=1):
        with transaction() as session:
            seen = update(BrowserSession).where(BrowserSession.id == browser.id)
            session.execute(
                seen.values(last_seen_at=moment), execution_options={"synchronize_session": False}
            )


def rename(name: str, *, by: Actor) -> None:
    """Change the caller's own name, which others and agents read. What is on record stays."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or "@" in name:
        raise Invalid(
            f"Write a name of 1 to {LONGEST_NAME} characters. It is shown to others and to agents, "
            "so it may not be an e-mail address.",
            {"name": "is not a name"},
        )
    with transaction("rename") as session:
        session.execute(update(Person).where(Person.id == _person_id(by)).values(name=name))
        audit.note(session, by=by, action=Action.PERSON_RENAMED, subject=by.ref, name=name)


def end_session(browser_id: int, *, by: Actor) -> None:
    """End one of the caller's own sessions. An ended one stays ended."""
    with transaction("end_session") as session:
        own = update(BrowserSession).where(
            BrowserSession.id == browser_id, BrowserSession.person_id == _person_id(by)
        )
        moment = func.coalesce(BrowserSession.ended_at, now())
        found = session.scalars(own.values(ended_at=moment).returning(BrowserSession.id)).all()
        if not found:
            raise NotFound("There is no such session of yours. Reload the page.")
        audit.note(session, by=by, action=Action.SESSION_ENDED, subject=f"session:{browser_id}")


def end_other_sessions(session_secret: str, *, by: Actor) -> None:
    """End all of the caller's sessions but the one with this secret."""
    with transaction("end_other_sessions") as session:
        session.execute(
            update(BrowserSession)
            .where(
                BrowserSession.person_id == _person_id(by),
                BrowserSession.secret_hash != digest(session_secret),
                BrowserSession.ended_at.is_(None),
            )
            .values(ended_at=now())
        )
        audit.note(session, by=by, action=Action.OTHER_SESSIONS_ENDED, subject=by.ref)


def _person_id(by: Actor) -> int:
    kind, _, number = by.ref.partition(":")
    if kind != "person":
        raise Forbidden("Only a person has a profile. Sign in to change yours.")
    return int(number)
