"""How secrets that founders hand over are sealed: AES-256-GCM, with a key per row.

Each row's key is made by HKDF-SHA256 from a master key and a salt of the row. The row's identity
(ref, question, job, name) is authenticated along, so that a sealed value which is copied into
another row opens nothing. A copy of the database alone opens none of them.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

_SALT: Final = 16  # bytes
_NONCE: Final = 12
_INFO: Final = b"unstuck handed secret v1"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose secret it is."""

    ref: str
    escalation_id: str
    project_id: str
    job_id: str
    name: str

    def bytes(self) -> bytes:
        """The place as it is authenticated."""
        return json.dumps(astuple(self)).encode()


def key_id(master: str) -> str:
    """A name for the master key, from which nobody finds the key."""
    return hashlib.blake2b(master.encode(), digest_size=8, person=b"unstuck keyid").hexdigest()


def seal(value: str, place: Place, master: str) -> bytes:
    """What is stored of the value."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_row_key(master, salt)).encrypt(nonce, value.encode(), place.bytes())
    return salt + nonce + sealed


def unseal(sealed: bytes, place: Place, sealed_with: str, masters: Sequence[str]) -> str | None:
    """The value; None where none of the master keys has the id `sealed_with`, or the row was
    tampered with."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    master = next((each for each in masters if key_id(each) == sealed_with), None)
    if master is None:
        return None
    salt, nonce, rest = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE], sealed[_SALT + _NONCE :]
    try:
        return AESGCM(_row_key(master, salt)).decrypt(nonce, rest, place.bytes()).decode()
    except InvalidTag:
        return None


def _row_key(master: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, _INFO).derive(master.encode())
