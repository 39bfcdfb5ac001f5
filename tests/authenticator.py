"""A device that keeps passkeys, as WebAuthn describes it: for tests without a browser."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


class Device:
    """One passkey. What it says can be bent, as an attacker would."""

    def __init__(self, site: str = "localhost", origin: str = "http://localhost") -> None:
        self.site, self.origin = site, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.count = 0
        self.owner = ""
        self.flags = PRESENT | VERIFIED

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a request to make a passkey."""
        self.owner = options["user"]["id"]
        public = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self._data(WITH_KEY) + held
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        payload = {"clientDataJSON": text(self._client("webauthn.create", options))}
        return self._credential(payload | {"attestationObject": text(attested)})

    def show(self, options: dict[str, Any]) -> str:
        """The answer to a request to show a passkey."""
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        payload = {"clientDataJSON": text(client), "authenticatorData": text(data)}
        return self._credential(payload | {"signature": text(signature), "userHandle": self.owner})

    def _data(self, more: int = 0) -> bytes:
        site = hashlib.sha256(self.site.encode()).digest()
        return site + struct.pack(">BI", self.flags | more, self.count)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        payload = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(payload).encode()

    def _credential(self, response: dict[str, str]) -> str:
        key = text(self.id)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})
