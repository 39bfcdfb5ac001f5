"""Secrets that must be read again are stored sealed with a key made from SECRET_KEY, so that a copy
of the database alone opens none of them."""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(secret: str, key: str) -> str:
    """What is stored of the secret."""
    return _box(key).encrypt(secret.encode()).decode()


def unseal(sealed: str, key: str) -> str | None:
    """The secret, or None where it was sealed with another key."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _box(key: str) -> "Fernet":
    # Not at the top: the desk starts without it.
    from cryptography.fernet import Fernet

    made = hashlib.blake2b(key.encode(), digest_size=32, person=b"unstuck seal").digest()
    return Fernet(base64.urlsafe_b64encode(made))
