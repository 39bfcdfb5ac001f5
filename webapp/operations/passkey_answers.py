"""What browsers answer for their passkeys, taken apart; nothing of it is believed yet."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.errors import AppError


class NotThisPasskey(AppError):
    status, code, title = 422, "not-this-passkey", _("The passkey didn't work")


@dataclass(frozen=True)
class Site:
    """For whom passkeys are: the name of the host, and the address as browsers say it."""

    id: str
    origin: str


def parsed(credential: str) -> dict[str, Any]:
    """The answer as a mapping, or NotThisPasskey."""
    try:
        payload = json.loads(credential)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise unknown()
    return payload


def unknown() -> NotThisPasskey:
    """The same for all that is wrong with an answer."""
    return NotThisPasskey(_("Unstuck doesn't know this passkey. Sign in another way."))


def refusals() -> tuple[type[Exception], ...]:
    """What the library raises where an answer is not right."""
    from webauthn.helpers.exceptions import WebAuthnException

    # Hand-made answers break the library's parsers in other ways, too.
    return (WebAuthnException, ValueError, KeyError, TypeError)


def handle(person_id: int) -> bytes:
    """By what an authenticator knows the person: nothing that tells who they are."""
    return f"unstuck:{person_id}".encode()


def as_text(content: bytes) -> str:
    """Bytes as browsers send them."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def as_bytes(text: str) -> bytes:
    """The bytes of such a text; none where it is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
