"""Browsers in which somebody has shown the right password of an account before.

Wrong passwords are counted for the account, or they could be tried from a thousand addresses. So a
stranger could keep its owner out, by being wrong on purpose. A browser that is known for the
account has a count of its own: what strangers do does not matter there.
"""

import hmac
import secrets
from typing import Final

from flask import current_app, request
from werkzeug.wrappers import Response

from webapp.accounts import cookies

_COOKIE: Final = "known"


def remember(response: Response, account: str) -> Response:
    """Let this browser be known for the account from now on. Its cookie lets nobody in, and does
    not tell whose it is."""
    nonce = secrets.token_urlsafe(12)
    cookies.keep(response, _COOKIE, f"{nonce}.{_mark(nonce, account)}")
    return response


def browser_of(account: str) -> str | None:
    """By what this browser is known for the account, or None."""
    nonce, _, mark = request.cookies.get(cookies.full_name(_COOKIE), "").partition(".")
    good = hmac.compare_digest(mark.encode(), _mark(nonce, account).encode())
    return nonce if good else None


def _mark(nonce: str, account: str) -> str:
    key: str = current_app.config["SECRET_KEY"]
    said = f"known browser {nonce} {account.strip().lower()}"
    return hmac.digest(key.encode(), said.encode(), "sha256").hex()
