"""Replacing an agents' token: a new one takes over its jobs, and the old one ends."""

from datetime import datetime, timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, DESK, Actor
from webapp.clock import now
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.models import Action, Token
from webapp.operations import tokens
from webapp.operations.secrets import PREFIX_LENGTH
from webapp.operations.sessions import require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import tokens as queries

OVERLAP_HOURS: Final = 24
"""How long the old token still works where nothing else is said."""


def replace(
    token_id: int, overlap_hours: int = OVERLAP_HOURS, *, by: Actor, session_secret: str
) -> tuple[Token, str, Token]:
    """Make a token with the same name, projects and lifetime as an agents' one, which acts for the
    jobs of that one. The old one works for `overlap_hours` more, and no longer with 0. Returns the
    new token, its secret and the old token.

    For owners of every project that the token reaches, who proved a short while ago who they are.
    Raises Conflict if the token has ended or was replaced, also at the same moment."""
    with transaction("replace_token") as session:
        old = queries.find(session, token_id, by=by)
        if not queries.may_replace(old, by):
            raise Forbidden(lazy_gettext("Only an owner of all its projects can replace a token."))
        require_fresh(session, session_secret, by)
        _hand_over(session, old)
        lasts = None if old.expires_at is None else tokens.DAYS
        new, secret = tokens.add(
            session,
            old.name,
            old.project_ids,
            expires_at=tokens.in_days(lasts),
            replaces=old.id,
            by=by,
        )
        _end_later(session, old, overlap_hours, by=by)
    return new, secret, old


def create(
    name: str,
    project_ids: list[str],
    prefix: str,
    *,
    expires_at: datetime | None = None,
    overlap_hours: int | None = None,
    by: Actor = DESK,
) -> tuple[Token, str]:
    """As `replace`, for the command: the old token is named by its visible prefix, and may have
    ended. `overlap_hours` of None leaves its end as it is."""
    with transaction("replace_token") as session:
        old = _replaced(session, prefix, project_ids)
        _hand_over(session, old, ended_too=True)
        made = tokens.add(session, name, project_ids, expires_at=expires_at, replaces=old.id, by=by)
        if overlap_hours is not None:
            _end_later(session, old, overlap_hours, by=by)
    return made


def _replaced(session: Session, prefix: str, project_ids: list[str]) -> Token:
    """The agents' token of that prefix, ended or not; Invalid where it had another project."""
    query = select(Token).where(Token.prefix == prefix[:PREFIX_LENGTH], Token.scope == "agent")
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"There is no agents' token that starts with {prefix}.")
    if ALL_PROJECTS not in project_ids and not set(project_ids) & set(found.project_ids):
        message = "is for other projects: name one of the new token's projects"
        raise Invalid(f"The token to replace {message}.", {"replaces": message})
    return found


def _hand_over(session: Session, old: Token, *, ended_too: bool = False) -> None:
    """Let nobody else replace the token until the caller's transaction ends; Conflict if it can't
    be replaced any more. `ended_too` lets a token be replaced that has ended."""
    locked = select(Token).where(Token.id == old.id).with_for_update()
    session.refresh(session.scalars(locked).one())
    if not ended_too and not queries.is_in_force(old):
        raise Conflict(lazy_gettext("This token has ended. Create a new one."))
    if queries.replaced(session, [old.id]):
        raise Conflict(lazy_gettext("This token was replaced already. Replace the newer one."))


def _end_later(session: Session, old: Token, overlap_hours: int, *, by: Actor) -> None:
    """End the old token in so many hours, unless it ends sooner."""
    if overlap_hours <= 0:
        tokens.end_now(session, old, by)
        return
    end = now() + timedelta(hours=overlap_hours)
    if old.expires_at is None or old.expires_at > end:
        old.expires_at = end
        session.execute(update(Token).where(Token.id == old.id).values(expires_at=end))
    tokens.note(session, old, Action.TOKEN_REPLACED, by)
