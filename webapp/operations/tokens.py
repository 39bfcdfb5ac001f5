"""What is done to tokens."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import lazy_gettext
from psycopg.errors import UniqueViolation
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, ANSWERING, DESK, Actor
from webapp.clock import now
from webapp.disk import DiskFull
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.events import notify
from webapp.extensions import db
from webapp.models import Action, Person, Token
from webapp.operations import audit
from webapp.operations.secrets import PREFIX_LENGTH, digest, new_token
from webapp.operations.sessions import require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import tokens

Scope = Literal["agent", "founder"]

DAYS = 90
"""How long a token works where nothing else is said."""

SAME_PRESS = timedelta(minutes=1)
"""How long the same form, sent again, shows the same token again."""

_NOTE_USE_EVERY = timedelta(minutes=1)


def create(
    name: str,
    project_ids: list[str],
    scope: Scope = "agent",
    *,
    person_id: int | None = None,
    expires_at: datetime | None = None,
    secret: str | None = None,
    by: Actor = DESK,
) -> tuple[Token, str]:
    """Make a token. Returns its row and the secret, which is nowhere to be read again. `secret` is
    a random one if it's left out."""
    with transaction() as session:
        return add(
            session,
            name,
            project_ids,
            scope,
            person_id=person_id,
            expires_at=expires_at,
            secret=secret,
            by=by,
        )


def add(
    session: Session,
    name: str,
    project_ids: list[str],
    scope: Scope = "agent",
    *,
    person_id: int | None = None,
    expires_at: datetime | None = None,
    replaces: int | None = None,
    secret: str | None = None,
    by: Actor,
) -> tuple[Token, str]:
    """Make a token within the caller's transaction, which acts for the jobs of the one with the id
    `replaces`, if any. Returns its row and the secret."""
    if not name.strip() or len(name) > 255:
        raise Invalid(
            lazy_gettext("Use a token name of 1 to 255 characters."), {"name": "is missing"}
        )
    if not project_ids or any(not 1 <= len(project) <= 255 for project in project_ids):
        raise Invalid(
            lazy_gettext("Choose a project for the token, or '*' for all projects."),
            {"project": "is missing"},
        )
    secret = secret or new_token()
    token = Token(
        name=name.strip(),
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=digest(secret),
        scope=scope,
        project_ids=project_ids,
        person_id=person_id,
        created_at=now(),
        expires_at=expires_at,
        replaces=replaces,
    )
    session.add(token)
    session.flush()
    note(session, token, Action.TOKEN_MADE, by)
    return token, secret


def note(session: Session, token: Token, action: Action, by: Actor) -> None:
    """Write it down in the project that the token is for; one for several concerns the desk."""
    single = len(token.project_ids) == 1 and token.project_ids[0] != ALL_PROJECTS
    audit.note(
        session,
        by=by,
        action=action,
        project_id=token.project_ids[0] if single else None,
        subject=f"token:{token.id}",
        name=token.name,
        prefix=token.prefix,
        scope=token.scope,
        projects=None if single else token.project_ids,
    )


def create_for(
    name: str,
    project_id: str,
    scope: Scope,
    days: int | None = DAYS,
    *,
    by: Actor,
    session_secret: str,
    secret: str | None = None,
) -> tuple[Token, str]:
    """Make a token for a project in which the caller answers; `*` only for who has all of them. One
    that may answer is the caller's own: it acts as they do, and ends with what they may. Every one
    is a way in that outlasts a session, and takes a proof of who one is. `days` is None for a
    token without an end. `secret` is that of a press (secrets.py): the same press gives
    the same token again."""
    project_id = project_id.strip()
    require_answering(project_id, by)
    with transaction() as session:
        require_fresh(session, session_secret, by)
    own = by.person_id if scope == "founder" else None
    end = in_days(days)
    try:
        return create(
            name, [project_id], scope, person_id=own, expires_at=end, secret=secret, by=by
        )
    except IntegrityError as error:
        if secret is None or not isinstance(error.orig, UniqueViolation):
            raise
        return made_by_press(db.session(), secret), secret


def require_answering(project_id: str, by: Actor) -> None:
    """Raise Invalid unless the caller answers in that project."""
    if by.role_in(project_id) not in ANSWERING:
        raise Invalid(
            lazy_gettext("Choose one of your projects."),
            {"project": "is not a project in which you answer"},
        )


def made_by_press(session: Session, secret: str) -> Token:
    """The token that the same press made a moment ago; Conflict where that is longer ago, because a
    token is shown once."""
    query = select(Token).where(
        Token.secret_hash == digest(secret),
        Token.created_at > now() - SAME_PRESS,
        *tokens.in_force(),
    )
    found = session.scalar(query)
    if found is None:
        raise Conflict(
            lazy_gettext("This token was shown already. Open the page again to create another one.")
        )
    return found


def create_personal(
    name: str, project_ids: list[str], email: str, days: int | None = DAYS
) -> tuple[Token, str]:
    """Make somebody's own token, for the command."""
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NotFound(f"Nobody here has the address {email}.")
    return create(name, project_ids, "founder", person_id=person.id, expires_at=in_days(days))


def in_days(days: int | None) -> datetime | None:
    """When something ends that is to last so many days; None for what lasts."""
    return None if days is None else now() + timedelta(days=days)


def end(token_id: int, *, by: Actor) -> Token:
    """End one token. An ended one stays ended."""
    with transaction("end_token") as session:
        token = tokens.find(session, token_id, by=by)
        if not tokens.may_end(session, token, by):
            raise Forbidden(
                lazy_gettext(
                    "This token is also for projects you don't own. Ask an owner of "
                    "all projects to revoke it."
                )
            )
        end_now(session, token, by)
    return token


def end_now(session: Session, token: Token, by: Actor) -> None:
    """End the token within the caller's transaction. An ended one stays ended."""
    ended = update(Token).where(Token.id == token.id, Token.revoked_at.is_(None))
    if session.scalar(ended.values(revoked_at=now()).returning(Token.id)) is not None:
        note(session, token, Action.TOKEN_ENDED, by)
        notify.token_ended(session)


def end_own(session: Session, person_id: int, *, by: Actor) -> None:
    """End every token that acts as the person, within the caller's transaction."""
    theirs = select(Token).where(Token.person_id == person_id, *tokens.in_force())
    for token in session.scalars(theirs):
        end_now(session, token, by)


def revoke(prefix: str, *, by: Actor = DESK) -> None:
    """End a token by its visible prefix, or by all of it. Ending one again is no error."""
    with transaction() as session:
        found = session.scalars(select(Token).where(Token.prefix == prefix[:PREFIX_LENGTH])).all()
        if not found:
            raise NotFound(f"There is no token that starts with {prefix}.")
        for token in found:
            end_now(session, token, by)


def note_use(token_id: int, last_used_at: datetime | None) -> None:
    """Keep `last_used_at` true to the minute, without a write per call. Tells of the first use."""
    moment = now()
    if last_used_at is None or moment - last_used_at > _NOTE_USE_EVERY:
        with suppress(DiskFull), transaction() as session:  # reading goes on
            used = update(Token).where(Token.id == token_id).values(last_used_at=moment)
            session.execute(used, execution_options={"synchronize_session": False})
            if last_used_at is None:
                notify.token_used(session)
