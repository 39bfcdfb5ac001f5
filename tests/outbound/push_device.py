"""A browser that gets push messages, as far as its push service sees it: decrypts what comes."""

import base64
import json
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from receiver import Got

AUTH = b"sixteen bytes of"


def text(data: bytes) -> str:
    """The bytes in base64url."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """A subscription and the key that opens what is sent to it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def fields(self) -> dict[str, str]:
        """What the page's script sends."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": self.endpoint, "p256dh": text(point), "auth": text(AUTH)}

    def read(self, got: Got) -> Any:
        """The payload of a request to the push service."""
        assert got.headers["content-encoding"] == "aes128gcm"
        plain = http_ece.decrypt(got.body, private_key=self._key, auth_secret=AUTH)
        return json.loads(plain)


def claims(got: Got) -> tuple[dict[str, Any], str]:
    """What the sender says of itself, and its public key; the signature is checked with it."""
    authorization = got.headers["authorization"]
    assert Vapid02.verify(authorization)
    given = dict(part.split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
    return json.loads(raw(given["t"].split(".")[1])), given["k"]
