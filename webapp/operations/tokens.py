"""What is done to tokens."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import update

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Forbidden, Invalid, NotFound
from webapp.models import Token
from webapp.operations.secrets import PREFIX_LENGTH, digest, new_token
from webapp.operations.transaction import transaction
from webapp.queries import tokens

Scope = Literal["agent", "founder"]

_NOTE_USE_EVERY = timedelta(minutes=1)


def create(
    name: str,
    project_ids: list[str],
    scope: Scope = "agent",
    *,
    person_id: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token. Returns its row and the secret, which is nowhere to be read again."""
    if not name.strip() or len(name) > 255:
        raise Invalid("Give the token a name of 1 to 255 characters.", {"name": "is missing"})
    if not project_ids or any(not 1 <= len(project) <= 255 for project in project_ids):
        raise Invalid(
            "Say which project the token is for, or '*' for all.", {"project": "is missing"}
        )
    secret = new_token()
    with transaction() as session:
        token = Token(
            name=name.strip(),
            prefix=secret[:PREFIX_LENGTH],
            secret_hash=digest(secret),
            scope=scope,
            project_ids=project_ids,
            person_id=person_id,
            created_at=now(),
            expires_at=expires_at,
        )
        session.add(token)
    return token, secret


def create_for(name: str, project_id: str, scope: Scope, *, by: Actor) -> tuple[Token, str]:
    """Make a token for a project in which the caller answers; `*` only for who has all of them."""
    project_id = project_id.strip()
    if by.role_in(project_id) not in ANSWERING:
        raise Invalid(
            "Name one of your projects.", {"project": "is not a project in which you answer"}
        )
    return create(name, [project_id], scope)


def end(token_id: int, *, by: Actor) -> Token:
    """End one token. An ended one stays ended."""
    with transaction("end_token") as session:
        token = tokens.find(session, token_id, by=by)
        if not tokens.may_end(token, by):
            raise Forbidden(
                "This token is for projects that are not yours as well. Ask an owner of the desk "
                "to end it."
            )
        ended = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None))
        session.execute(ended.values(revoked_at=now()))
    return token


def revoke(prefix: str) -> None:
    """End a token by its visible prefix, or by all of it. Ending one again is no error."""
    with transaction() as session:
        statement = (
            update(Token).where(Token.prefix == prefix[:PREFIX_LENGTH]).values(revoked_at=now())
        )
        if not session.scalars(statement.returning(Token.id)).all():
            raise NotFound(f"There is no token that starts with {prefix}.")


def note_use(token_id: int, last_used_at: datetime | None) -> None:
    """Keep `last_used_at` true to the minute, without a write per call."""
    moment = now()
    if last_used_at is None or moment - last_used_at > _NOTE_USE_EVERY:
        with transaction() as session:
            used = update(Token).where(Token.id == token_id).values(last_used_at=moment)
            session.execute(used, execution_options={"synchronize_session": False})
