"""Links that a founder sends to whoever runs an agent: each makes one agent's token, once.

The link carries no more than that token: for one project, with the scope `agent`. It may be read
by whoever passes it on, so it expires soon, and opening it uses nothing up.
"""

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, ANSWERING, Actor
from webapp.clock import now
from webapp.errors import AppError, Invalid
from webapp.events import notify
from webapp.models import Action, Token, TokenOffer
from webapp.operations import audit, tokens
from webapp.operations.secrets import PREFIX_LENGTH, digest, new_secret, pressed_token
from webapp.operations.sessions import require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import accounts

LIVES: Final = timedelta(hours=1)


class OfferUsed(AppError):
    status, code, title = 410, "offer-used", _("This link no longer works")


def make(
    name: str, project_id: str, kind: str, *, by: Actor, session_secret: str
) -> tuple[TokenOffer, str]:
    """Make a link for an agent of a project in which the caller answers. Returns its row and its
    secret, which is nowhere to be read again. It takes the same proof as a token."""
    name, project_id = name.strip(), project_id.strip()
    if not 1 <= len(name) <= 255:
        raise Invalid(_("Give the token a name of 1 to 255 characters."), {"name": "is missing"})
    if project_id == ALL_PROJECTS:
        raise Invalid(_("Name one of your projects."), {"project": "is not one project"})
    tokens.require_answering(project_id, by)
    secret, moment = new_secret(), now()
    with transaction("offer_token") as session:
        require_fresh(session, session_secret, by)
        offer = TokenOffer(
            secret_hash=digest(secret),
            name=name,
            project_id=project_id,
            kind=kind,
            person_id=by.person_id,
            created_at=moment,
            expires_at=moment + LIVES,
        )
        session.add(offer)
        session.flush()
        _note(session, Action.TOKEN_OFFERED, offer, f"offer:{offer.id}", by)
    return offer, secret


def take(secret: str, press: str, server_key: str) -> tuple[TokenOffer, Token, str]:
    """Use the link up: the offer, its new token, and the token's secret. `press` is of the page
    whose button was pressed: the same press again, as by a double click, gives the same. Raises
    OfferUsed for anybody else, after an hour, and when the founder may no longer do this."""
    with transaction("take_offer") as session:
        query = select(TokenOffer).where(TokenOffer.secret_hash == digest(secret))
        offer = session.scalar(query.with_for_update())
        if offer is None:
            raise OfferUsed(_("Ask the person who sent you the link for a new one."))
        made = pressed_token(server_key, press, f"offer {offer.id}")
        if offer.used_at is None:
            return offer, _use_up(session, offer, made), made
        return offer, _same(session, offer, made), made


def _use_up(session: Session, offer: TokenOffer, secret: str) -> Token:
    moment = now()
    if offer.expires_at <= moment or not _may_still(session, offer):
        raise OfferUsed(_("Ask the person who sent you the link for a new one."))
    token = Token(
        name=offer.name,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=digest(secret),
        scope="agent",
        project_ids=[offer.project_id],
        created_at=moment,
        expires_at=tokens.in_days(tokens.DAYS),
    )
    session.add(token)
    session.flush()
    offer.used_at, offer.token_id = moment, token.id
    _note(session, Action.OFFER_TAKEN, offer, f"token:{token.id}", audit.NOBODY, token.prefix)
    notify.token_used(session)
    return token


def _same(session: Session, offer: TokenOffer, secret: str) -> Token:
    token = session.get(Token, offer.token_id)
    is_same = token is not None and token.secret_hash == digest(secret)
    if token is None or not is_same or now() - token.created_at > tokens.SAME_PRESS:
        raise OfferUsed(_("Ask the person who sent you the link for a new one."))
    return token


def _may_still(session: Session, offer: TokenOffer) -> bool:
    """Whether the founder who made the link still answers in its project."""
    return any(
        member.role in ANSWERING and member.project_id in (offer.project_id, ALL_PROJECTS)
        for member in accounts.memberships(session, offer.person_id)
    )


def _note(
    session: Session,
    action: Action,
    offer: TokenOffer,
    subject: str,
    by: Actor,
    prefix: str | None = None,
) -> None:
    audit.note(
        session,
        by=by,
        action=action,
        project_id=offer.project_id,
        subject=subject,
        name=offer.name,
        prefix=prefix,
        scope="agent",
    )
