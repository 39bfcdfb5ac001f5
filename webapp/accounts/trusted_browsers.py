"""Browsers in which somebody has shown the right password of an account before.

Wrong passwords are counted for the account, or they could be tried from a thousand addresses. So a
stranger could keep its owner out, by being wrong on purpose. A browser that is known for the
account has a count of its own: what strangers do does not matter there.
"""

import secrets
from typing import Final

from flask import request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

from webapp.accounts import cookies
from webapp.accounts.secret_keys import signer

_COOKIE: Final = "known"


def remember(response: Response, account: str) -> Response:
    """Let this browser be known for the account from now on. Its cookie lets nobody in, and does
    not tell whose it is."""
    cookies.keep(response, _COOKIE, _signer(account).sign(secrets.token_urlsafe(12)).decode())
    return response


def browser_of(account: str) -> str | None:
    """By what this browser is known for the account, or None."""
    try:
        return _signer(account).unsign(request.cookies.get(cookies.full_name(_COOKIE), "")).decode()
    except BadSignature:
        return None


def _signer(account: str) -> Signer:
    return signer(f"known browser {account.strip().lower()}")
