"""Signatures by Standard Webhooks (https://www.standardwebhooks.com), version 1 of its scheme."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver checks who sent this, and when. A receiver that has any
    of the secrets takes it."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.digest(key, signed, hashlib.sha256)
    return f"v1,{base64.b64encode(made).decode()}"
