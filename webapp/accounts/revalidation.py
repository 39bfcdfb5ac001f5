"""Whether those who were let in some time ago would still be let in: open streams ask again."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from flask import request
from flask import session as cookie
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.accounts.access import SESSION_KEY
from webapp.actors import Actor, Role, narrowed
from webapp.extensions import db
from webapp.models import BrowserSession, Membership, Token
from webapp.operations.secrets import digest
from webapp.queries import snoozes, tokens
from webapp.queries.accounts import in_force

Grants = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Credential:
    """By what a request was let in, and what that allowed at the time."""

    secret_hash: str
    grants: Grants
    person_id: int | None = None
    asleep: frozenset[str] = frozenset()
    """The questions that this person has put off: what they see isn't what others see."""


@lru_cache(maxsize=10_000)
def _shared(
    secret_hash: str,
    grants: Grants,
    person_id: int | None = None,
    asleep: frozenset[str] = frozenset(),
) -> Credential:
    """One for all the streams of the same caller: each keeps its own for as long as it is open."""
    return Credential(secret_hash, grants, person_id, asleep)


def of_token(by: Actor) -> Credential:
    """The credential of this request, which came with a token."""
    secret = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return _shared(digest(secret), frozenset(by.grants.items()))


def of_browser(by: Actor) -> Credential:
    """The credential of this request, which came from a signed-in browser."""
    asleep = snoozes.asleep(db.session(), [by.person_id]).get(by.person_id, frozenset())
    return _shared(digest(cookie[SESSION_KEY]), frozenset(by.grants.items()), by.person_id, asleep)


def still_good(session: Session, credentials: Collection[Credential]) -> set[Credential]:
    """Those of the credentials that would be let in now with the same grants, and see the same
    questions, in a few queries."""
    hashes = list({credential.secret_hash for credential in credentials})
    current = _of_tokens(session, hashes) | _of_browsers(session, hashes)
    people = {item.person_id for item in credentials if item.person_id is not None}
    asleep = snoozes.asleep(session, people) if people else {}
    return {
        item
        for item in credentials
        if current.get(item.secret_hash) == item.grants
        and asleep.get(item.person_id, frozenset()) == item.asleep
    }


def _of_tokens(session: Session, hashes: list[str]) -> dict[str, Grants]:
    columns = (Token.secret_hash, Token.scope, Token.project_ids, Token.person_id)
    query = select(*columns).where(Token.secret_hash.in_(hashes), *tokens.in_force())
    found = list(session.execute(query))
    people = _of_people(session, {row.person_id for row in found if row.person_id is not None})
    return {row.secret_hash: _of_token(row, people) for row in found}


def _of_token(
    row: Row[str, str, list[str], int | None], people: dict[int, dict[str, Role]]
) -> Grants:
    if row.person_id is not None:
        return frozenset(narrowed(people.get(row.person_id, {}), row.project_ids).items())
    return frozenset((project, row.scope) for project in row.project_ids)


def _of_people(session: Session, person_ids: set[int]) -> dict[int, dict[str, Role]]:
    """The grants of those who hold a token of their own; mostly nobody does."""
    if not person_ids:
        return {}
    grants: dict[int, dict[str, Role]] = {}
    members = select(Membership).where(Membership.person_id.in_(person_ids))
    for member in session.scalars(members):
        role = cast("Role", member.role)
        grants.setdefault(member.person_id, {})[member.project_id] = role
    return grants


def _of_browsers(session: Session, hashes: list[str]) -> dict[str, Grants]:
    query = (
        select(BrowserSession.secret_hash, Membership.project_id, Membership.role)
        .join(Membership, Membership.person_id == BrowserSession.person_id)
        .where(
            BrowserSession.secret_hash.in_(hashes),
            in_force(),
        )
    )
    grants: dict[str, set[tuple[str, str]]] = {}
    for secret_hash, project_id, role in session.execute(query):
        grants.setdefault(secret_hash, set()).add((project_id, role))
    return {secret_hash: frozenset(pairs) for secret_hash, pairs in grants.items()}
