"""What the parts of the settings show: the viewer's own, and what reaches their projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.models import BrowserSession, Person, SecondFactor, Token
from webapp.queries import accounts, members, projects, tokens
from webapp.queries.accounts import FRESH
from webapp.queries.scope import owned

BROWSERS_SHOWN = 50
TOKENS_SHOWN = 50


@dataclass(frozen=True)
class Browser:
    """A place where the viewer is signed in; `here` is the one that asks."""

    session: BrowserSession
    here: bool


@dataclass(frozen=True)
class TokenRow:
    """A token in the list, with those of its projects that the viewer knows; `beyond` when it
    reaches others, too. `owner` is the name of the person as whom it acts, or None. `is_replaced`
    when another one in force took over its jobs."""

    token: Token
    projects: list[str]
    beyond: bool
    may_end: bool
    owner: str | None
    is_mine: bool
    may_replace: bool
    is_replaced: bool


def profile(session: Session, by: Actor) -> dict[str, Any]:
    """Who the viewer is."""
    return {"person": person(session, by)}


def sign_in(session: Session, by: Actor, secret_hash: str) -> dict[str, Any]:
    """Where the viewer is signed in. `secret_hash` is that of the browser that asks."""
    found = person(session, by)
    return {
        "person": found,
        "passkeys": accounts.passkeys(session, found.id),
        "identities": accounts.identities(session, found.id),
        "code_waits": accounts.code_waits(session, found.id),
        "factor": session.get(SecondFactor, found.id),
        "codes_left": accounts.recovery_codes_left(session, found.id),
        **_standing(session, secret_hash),
        "browsers": [
            Browser(row, row.secret_hash == secret_hash)
            for row in accounts.browsers(session, found.id, BROWSERS_SHOWN)
        ],
    }


def is_fresh(session: Session, secret_hash: str) -> bool:
    """Whether who the viewer is was proved a short while ago."""
    return bool(_standing(session, secret_hash)["fresh"])


def _standing(session: Session, secret_hash: str) -> dict[str, Any]:
    """Whether who the viewer is was proved a short while ago, and whether by a one-time link."""
    here = session.scalars(
        select(BrowserSession).where(BrowserSession.secret_hash == secret_hash)
    ).one()
    fresh = here.confirmed_at > now() - FRESH
    return {"here": here, "fresh": fresh, "by_link": fresh and here.how == "link"}


def people(session: Session, by: Actor) -> dict[str, Any]:
    """Who is in the viewer's projects, and who is invited."""
    mine = owned(by)
    return {
        "me": by.person_id,
        "members": members.listed(session, by=by),
        "invitations": members.invitations(session, by=by) if mine else [],
        "may_invite": bool(mine),
        "has_all": ALL_PROJECTS in mine,
        "own_projects": projects.names(session, by=by) if ALL_PROJECTS in mine else mine,
        "moment": now(),
    }


def token_list(session: Session, by: Actor, cursor: str) -> dict[str, Any]:
    """The tokens that reach the viewer's projects."""
    mine = tokens.answering(by)
    listed = tokens.listed(session, by=by, limit=TOKENS_SHOWN, cursor=cursor or None)
    return {
        "may_have_tokens": bool(mine),
        "has_all": ALL_PROJECTS in mine,
        "token_projects": projects.names(session, by=by) if ALL_PROJECTS in mine else mine,
        "tokens": _rows(session, listed.rows, by),
        "older_tokens": listed.next_cursor,
        "first_tokens": not cursor,
    }


def person(session: Session, by: Actor) -> Person:
    """The viewer."""
    return session.scalars(select(Person).where(Person.id == by.person_id)).one()


def _rows(session: Session, shown: Sequence[Token], by: Actor) -> list[TokenRow]:
    people = {token.person_id for token in shown if token.person_id is not None}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names: dict[int, str] = {row.id: row.name for row in found}
    replaced = tokens.replaced(session, [token.id for token in shown])
    return [_row(session, token, by, names, replaced) for token in shown]


def _row(
    session: Session, token: Token, by: Actor, names: Mapping[int, str], replaced: set[int]
) -> TokenRow:
    known = [name for name in token.project_ids if name == ALL_PROJECTS or by.role_in(name)]
    return TokenRow(
        token,
        known,
        len(known) < len(token.project_ids),
        tokens.may_end(session, token, by),
        None if token.person_id is None else names[token.person_id],
        token.person_id is not None and token.person_id == by.person_id,
        token.id not in replaced and tokens.may_replace(token, by),
        token.id in replaced,
    )
