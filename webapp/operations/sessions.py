"""What is done to sessions: opened at a sign-in, kept, confirmed, ended."""

from contextlib import suppress
from datetime import datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.actors import DESK, Actor
from webapp.clock import now
from webapp.disk import DiskFull
from webapp.errors import AppError, Forbidden, NotFound
from webapp.models import Action, BrowserSession, Membership, Person
from webapp.operations import audit, signed_out
from webapp.operations.secrets import digest, new_secret
from webapp.operations.transaction import transaction
from webapp.queries.accounts import FRESH
from webapp.rules.limits import clean_text

SESSION_LIVES = timedelta(days=30)


class ConfirmFirst(AppError):
    status, code, title = 403, "confirm-first", lazy_gettext("Confirm it's you")


class NoMember(AppError):
    status, code, title = 403, "no-member", lazy_gettext("You're no longer in any project")


def begin_session(
    session: Session,
    person: Person,
    user_agent: str | None,
    *,
    how: str,
    proved_at: datetime | None = None,
) -> str:
    """Sign the person in, who has shown who they are; `how` says by what. Inside a transaction.
    `proved_at` is when they proved it, if that was not just now. Returns the secret of the new
    browser session."""
    in_a_project = select(Membership.person_id).where(Membership.person_id == person.id).limit(1)
    if session.scalar(in_a_project) is None:
        raise NoMember(lazy_gettext("Ask an owner of the project to invite you again."))
    secret, moment = new_secret(), now()
    session.add(
        BrowserSession(
            person_id=person.id,
            secret_hash=digest(secret),
            user_agent=clean_text(user_agent or "")[:255] or None,
            how=how,
            created_at=moment,
            confirmed_at=moment if proved_at is None else min(proved_at, moment),
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
            signed_out.forget_devices(session)
            person = session.get_one(Person, person_id)
            audit.note(session, by=actor(person), action=Action.SIGNED_OUT)


def note_seen(browser: BrowserSession) -> None:
    """Keep `last_seen_at` true to the minute, without a write per page."""
    moment = now()
    if moment - browser.last_seen_at > timedelta(minutes=1):
        with suppress(DiskFull), transaction() as session:  # reading goes on
            seen = update(BrowserSession).where(BrowserSession.id == browser.id)
            session.execute(
                seen.values(last_seen_at=moment), execution_options={"synchronize_session": False}
            )


def end_session(browser_id: int, *, by: Actor) -> None:
    """End one of the caller's own sessions, and with it the devices and addresses for messages that
    were added there. An ended one stays ended."""
    with transaction("end_session") as session:
        own = update(BrowserSession).where(
            BrowserSession.id == browser_id, BrowserSession.person_id == own_id(by)
        )
        moment = func.coalesce(BrowserSession.ended_at, now())
        found = session.scalars(own.values(ended_at=moment).returning(BrowserSession.id)).all()
        if not found:
            raise NotFound(lazy_gettext("Session not found. Reload the page."))
        signed_out.forget_devices(session)
        signed_out.forget_addresses_of(session, own_id(by), browser_id, by=by)
        audit.note(session, by=by, action=Action.SESSION_ENDED, subject=f"session:{browser_id}")


def end_other_sessions(session_secret: str, *, by: Actor) -> None:
    """End all of the caller's sessions but the one with this secret."""
    with transaction("end_other_sessions") as session:
        end_others(session, session_secret, by=by)
        audit.note(session, by=by, action=Action.OTHER_SESSIONS_ENDED, subject=by.ref)


def end_others(session: Session, session_secret: str, *, by: Actor) -> None:
    """The same within the caller's transaction, with the devices and addresses for messages that
    were added in them."""
    person_id = own_id(by)
    session.execute(
        update(BrowserSession)
        .where(
            BrowserSession.person_id == person_id,
            BrowserSession.secret_hash != digest(session_secret),
            BrowserSession.ended_at.is_(None),
        )
        .values(ended_at=now())
    )
    signed_out.forget_devices(session)
    signed_out.forget_addresses_of_others(session, person_id, session_secret, by=by)
    signed_out.forget_chats(session, person_id)


def confirm(session: Session, person_id: int, session_secret: str) -> None:
    """Note that the person has just proved again who they are, in the caller's transaction."""
    session.execute(
        update(BrowserSession)
        .where(
            BrowserSession.person_id == person_id,
            BrowserSession.secret_hash == digest(session_secret),
            BrowserSession.ended_at.is_(None),
        )
        .values(confirmed_at=now())
    )


def require_fresh(session: Session, session_secret: str, by: Actor) -> BrowserSession:
    """The caller's session, locked, if who they are was proved a short while ago."""
    query = select(BrowserSession).where(
        BrowserSession.person_id == own_id(by),
        BrowserSession.secret_hash == digest(session_secret),
        BrowserSession.ended_at.is_(None),
        BrowserSession.confirmed_at > now() - FRESH,
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise ConfirmFirst(
            lazy_gettext("You signed in a while ago. Confirm it's you, then try again.")
        )
    return found


def require_proof(session: Session, session_secret: str, by: Actor) -> None:
    """Raise ConfirmFirst unless the caller proved who they are a short while ago. Commands on the
    server need no proof: they come from no browser that somebody could have left open."""
    if by != DESK:
        require_fresh(session, session_secret, by)


def own_id(by: Actor) -> int:
    """The person whose profile the caller may change: themselves."""
    if by.person_id is None:
        raise Forbidden(lazy_gettext("Only people have a profile. Sign in to change yours."))
    return by.person_id
