"""Reads of tokens: who may see one, and who may end it."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, cast, exists, false, or_, select, true
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, ANSWERING, Actor
from webapp.clock import now
from webapp.errors import NotFound
from webapp.models import Membership, Person, Token, TokenOffer
from webapp.queries import members
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import owned


def listed(
    session: Session, *, by: Actor, limit: int = 50, cursor: str | None = None
) -> Page[Token]:
    """The tokens in force that reach a project in which the caller answers, the latest first. Other
    people's own ones are for the owners of a project that they reach."""
    query = select(Token).where(
        *in_force(),
        _theirs(by),
    )
    order = (Token.created_at, Token.id)
    return keyset(session, query, order, limit, cursor, newest_first=True, key_type=int)


def find(session: Session, token_id: int, *, by: Actor) -> Token:
    """The token, ended or not; NotFound when the caller may not see it."""
    query = select(Token).where(Token.id == token_id, _theirs(by))
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "Token not found. It may not exist, or you may not have access to its project."
            )
        )
    return found


def offer(session: Session, secret_hash: str) -> TokenOffer | None:
    """The link of that hash, while it works."""
    query = select(TokenOffer).where(
        TokenOffer.secret_hash == secret_hash,
        TokenOffer.used_at.is_(None),
        TokenOffer.expires_at > now(),
    )
    return session.scalar(query)


def find_offer(session: Session, offer_id: int, *, by: Actor) -> TokenOffer:
    """The link that the caller made, working or not; NotFound for anybody else's."""
    found = session.get(TokenOffer, offer_id)
    if found is None or found.person_id != by.person_id:
        raise NotFound(lazy_gettext("There is no such link, or someone else created it."))
    return found


def all_in_force(session: Session) -> Sequence[tuple[Token, str | None]]:
    """Every token in force, with the address of the person whose own it is: for the command."""
    query = (
        select(Token, Person.email)
        .outerjoin(Person, Person.id == Token.person_id)
        .where(*in_force())
        .order_by(Token.id)
    )
    return [(token, email) for token, email in session.execute(query)]


def answering(by: Actor) -> list[str]:
    """The projects in which the caller may answer; `*` where it is all of them."""
    return sorted(project for project, role in by.grants.items() if role in ANSWERING)


def may_end(session: Session, token: Token, by: Actor) -> bool:
    """Whether it is the caller's own, or for projects alone in which the caller answers. Somebody
    else's own one is ended by who owns every project that it reaches."""
    if token.person_id is not None:
        return token.person_id == by.person_id or _owns_all_of(session, token, by)
    return all(by.role_in(project) in ANSWERING for project in token.project_ids)


def may_replace(token: Token, by: Actor) -> bool:
    """Whether it is an agents' token, and the caller owns every project that it reaches."""
    if token.person_id is not None or token.scope != "agent":
        return False
    return all(by.role_in(project) == "owner" for project in token.project_ids)


def replaced(session: Session, token_ids: Collection[int]) -> set[int]:
    """Those of the tokens that one in force replaces."""
    query = select(Token.replaces).where(Token.replaces.in_(token_ids), *in_force())
    return {found for found in session.scalars(query) if found is not None}


def is_in_force(token: Token) -> bool:
    """Whether the token lets somebody in."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now())


def _owns_all_of(session: Session, token: Token, by: Actor) -> bool:
    if ALL_PROJECTS in token.project_ids:
        return not members.beyond(session, [token.person_id or 0], by=by)
    return all(by.role_in(project) == "owner" for project in token.project_ids)


def in_force() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a token lets somebody in: it was not revoked and has not expired."""
    return Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > now())


def _theirs(by: Actor) -> ColumnElement[bool]:
    """Tokens of the caller's agents, and the caller's own."""
    of_agents = and_(Token.person_id.is_(None), _reaches(answering(by)))
    if by.person_id is None:
        return of_agents
    return or_(of_agents, Token.person_id == by.person_id, _of_members(by))


def _of_members(by: Actor) -> ColumnElement[bool]:
    """Own tokens of the people in the caller's own projects, which reach one of these."""
    mine = owned(by)
    if ALL_PROJECTS in mine:
        return Token.person_id.is_not(None)
    places = [*mine, ALL_PROJECTS]
    is_member = exists().where(
        Membership.person_id == Token.person_id, Membership.project_id.in_(places)
    )
    return and_(is_member, _reaches(mine))


def _reaches(mine: list[str]) -> ColumnElement[bool]:
    if ALL_PROJECTS in mine:
        return true()
    if not mine:
        return false()
    one_of = cast([*mine, ALL_PROJECTS], Token.project_ids.type)
    return Token.project_ids.bool_op("&&")(one_of)
