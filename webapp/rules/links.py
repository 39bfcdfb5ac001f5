"""Whether an address that an agent gives may become a link on a page."""

from typing import Final
from urllib.parse import urlsplit

from webapp.rules.keys import holds_key

SHOWN: Final = 80
LONGEST: Final = 2_048


def what_is_wrong(url: str) -> str | None:
    """Return what is wrong with it as a link for people, or None. Only https is followed, and an
    address with a password or a key in it would show that to everyone who sees the job."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme != "https":
        return "must start with https://"
    if not host or any(character.isspace() or not character.isprintable() for character in url):
        return "is not an address"
    if parts.username is not None or parts.password is not None or holds_key(url):
        return "must not contain a password or a key"
    return None


def host(url: str) -> str:
    """Return where a link leads, to be read beside it: no letters that only look like others, and
    the end of a long name, which says whose it is."""
    try:
        name = urlsplit(url).hostname or ""
        plain = name.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        plain = ascii(urlsplit(url).netloc)[1:-1]
    return plain if len(plain) <= SHOWN else f"…{plain[-SHOWN:]}"
