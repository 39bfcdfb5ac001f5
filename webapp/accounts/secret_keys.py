"""The keys of this server: SECRET_KEY, then its earlier values."""

import hashlib

from flask import current_app
from itsdangerous import Signer


def secret_keys() -> tuple[str, ...]:
    """The present key first, then those of SECRET_KEY_FALLBACKS, the newest first."""
    config = current_app.config
    return (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])


def mail_keys() -> tuple[str, ...] | None:
    """The same for what is sealed until it is emailed; None where no mail server is set up."""
    return None if current_app.extensions["unstuck"].mail is None else secret_keys()


def signer(salt: str) -> Signer:
    """Signs with the present key, and verifies with all of them."""
    return Signer(secret_keys()[::-1], salt=salt, digest_method=hashlib.sha256)
