"""Secrets that are shown once: made at random, stored as a hash.

SHA-256 without a salt is enough here: each secret has 256 bits of its own, so there is nothing to
guess and no two are alike.
"""

import base64
import hashlib
import hmac
import secrets

TOKEN_START = "unstuck_"  # noqa: S105 - a prefix that secret scanners can know, not a secret
PREFIX_LENGTH = len(TOKEN_START) + 6


def new_secret() -> str:
    """43 URL-safe characters, 256 bits."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A bearer token: recognisable by its start, and by its first characters in a list."""
    return TOKEN_START + new_secret()


def pressed_token(server_key: str, press: str, who: str) -> str:
    """The token that one press of a button makes. The same form that is sent twice, as by a double
    click, makes the same token; nobody without the server's key can work it out."""
    said = f"token of one press {len(press)} {press} {who}".encode(errors="replace")
    made = hmac.digest(server_key.encode(), said, "sha256")
    return TOKEN_START + base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def new_signing_secret() -> str:
    """A secret with which a webhook is signed, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
