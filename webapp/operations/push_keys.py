"""The key pair by which push services know this server (VAPID, RFC 8292)."""

import base64
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from webapp.clock import now
from webapp.extensions import db
from webapp.models import ServerKey
from webapp.operations import sealing
from webapp.operations.transaction import transaction

_NAME: Final = "vapid"


def private_key(keys: sealing.Keys, configured: str | None = None) -> str:
    """The server's private key, 32 bytes in base64url: the `configured` one, else one that is made
    when it is needed first. If none of `keys` opens the stored one, another takes its place, and
    every device has to be added again."""
    if configured:
        return configured
    stored = db.session().get(ServerKey, _NAME)
    found = sealing.unseal(stored.sealed, keys) if stored else None
    return found or _make(keys, instead_of=stored.sealed if stored else None)


def _make(keys: sealing.Keys, instead_of: str | None) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    sealed = sealing.seal(_text(number.to_bytes(32)), keys)
    with transaction("make push key") as session:
        row = insert(ServerKey).values(name=_NAME, sealed=sealed, created_at=now())
        session.execute(
            row.on_conflict_do_update(
                index_elements=["name"],
                set_={"sealed": sealed, "created_at": now()},
                where=ServerKey.sealed == instead_of,  # another process may have been faster
            )
        )
        kept = session.get_one(ServerKey, _NAME, populate_existing=True).sealed
    return sealing.unseal(kept, keys) or ""


def public_key(private: str) -> str:
    """The public half, as browsers want it: 65 bytes in base64url."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(raw(private))
    public = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    point = serialization.PublicFormat.UncompressedPoint
    return _text(public.public_bytes(serialization.Encoding.X962, point))


def raw(text: str) -> bytes:
    """The bytes of a base64url text, with or without its padding. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
