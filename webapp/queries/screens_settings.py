"""What the settings show: the viewer's own, and the tokens that reach their projects."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.models import BrowserSession, Person, Token
from webapp.queries import accounts, projects, tokens

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
    reaches others, too."""

    token: Token
    projects: list[str]
    beyond: bool
    may_end: bool


def page(session: Session, by: Actor, secret_hash: str, cursor: str) -> dict[str, Any]:
    """Everything on the page. `secret_hash` is that of the browser that asks."""
    person = session.scalars(select(Person).where(Person.id == int(by.ref.split(":")[1]))).one()
    mine = tokens.answering(by)
    listed = tokens.listed(session, by=by, limit=TOKENS_SHOWN, cursor=cursor or None)
    names = projects.names(session, by=by) if ALL_PROJECTS in mine else mine
    return {
        "person": person,
        "browsers": [
            Browser(row, row.secret_hash == secret_hash)
            for row in accounts.browsers(session, person.id, BROWSERS_SHOWN)
        ],
        "may_have_tokens": bool(mine),
        "has_all": ALL_PROJECTS in mine,
        "token_projects": names,
        "tokens": [_row(token, by) for token in listed.rows],
        "older_tokens": listed.next_cursor,
        "first_tokens": not cursor,
    }


def _row(token: Token, by: Actor) -> TokenRow:
    known = [name for name in token.project_ids if name == ALL_PROJECTS or by.role_in(name)]
    return TokenRow(token, known, len(known) < len(token.project_ids), tokens.may_end(token, by))
