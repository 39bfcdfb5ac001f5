"""Encryption of stored secrets that must be read again, so that a copy of the database alone opens
none of them.

`keys` is always SECRET_KEY followed by SECRET_KEY_FALLBACKS. The first one seals; each one opens,
so that a new SECRET_KEY loses nothing as long as the old one is among the fallbacks.
"""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.models import PersonalChannel, SecondFactor, ServerKey, Webhook
from webapp.operations.transaction import transaction

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

Keys = tuple[str, ...]

SEALED: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    SecondFactor.secret,
    Webhook.secret,
    PersonalChannel.sealed,
    ServerKey.sealed,
)
"""Every column with sealed secrets. Add new ones: `reseal` finds no others."""


def seal(secret: str, keys: Keys) -> str:
    """Encrypt the secret with the first key. Returns what to store."""
    return _box(keys).encrypt(secret.encode()).decode()


def unseal(sealed: str, keys: Keys) -> str | None:
    """Decrypt what `seal` returned. Returns None if none of the keys opens it."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def reseal(keys: Keys) -> tuple[int, int]:
    """Seal every stored secret again, with the first key, in one transaction. Returns how many were
    sealed again, and how many none of the keys opens: those stay as they are."""
    done = lost = 0
    with transaction("reseal") as session:
        for column in SEALED:
            for row in session.scalars(_locked(column)):
                secret = unseal(getattr(row, column.key), keys)
                if secret is None:
                    lost += 1
                else:
                    setattr(row, column.key, seal(secret, keys))
                    done += 1
    return done, lost


def _locked(column: InstrumentedAttribute[str]) -> Select[tuple[Any]]:
    # Nobody may turn a factor off, or make another secret, between reading a row and writing it.
    model = column.class_
    return (
        select(model)
        .where(column.is_not(None))
        .order_by(*model.__table__.primary_key)
        .with_for_update()
    )


@lru_cache(maxsize=4)
def _box(keys: Keys) -> "MultiFernet":
    # Not at the top: the server starts without it.
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    made = hashlib.blake2b(key.encode(), digest_size=32, person=b"unstuck seal").digest()
    return base64.urlsafe_b64encode(made)
