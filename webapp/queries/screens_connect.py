"""Whether an agent that is being connected has called: the light on the page."""

from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.models import Token, TokenOffer
from webapp.queries import tokens

OF_TOKEN: Final = "token-"  # noqa: S105 - the start of a key of the view
OF_OFFER: Final = "offer-"
_BIGGEST: Final = 2**63 - 1


def light(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The token and its offer, one of which `key` names (`token-7`, `offer-3`); NotFound for what
    the caller may not see."""
    if key.startswith(OF_TOKEN):
        return {"token": tokens.find(session, _number(key, OF_TOKEN), by=by), "offer": None}
    if key.startswith(OF_OFFER):
        offer = session.get(TokenOffer, _number(key, OF_OFFER))
        if offer is None or by.role_in(offer.project_id) is None:
            raise _unknown()
        token = None if offer.token_id is None else session.get_one(Token, offer.token_id)
        return {"token": token, "offer": offer}
    raise _unknown()


def _number(key: str, start: str) -> int:
    digits = key.removeprefix(start)
    if not digits.isascii() or not digits.isdigit() or int(digits[:20]) > _BIGGEST:
        raise _unknown()
    return int(digits)


def _unknown() -> NotFound:
    return NotFound(
        lazy_gettext("There is no such token, or it is for a project that isn't yours.")
    )
