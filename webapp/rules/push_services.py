"""The push services of browsers: a browser names the address of its own, so it is a stranger's."""

from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult

from webapp.rules import public_addresses
from webapp.rules.public_addresses import NotAllowed

SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
"""Where Chrome, Firefox, Safari and Edge let messages be sent. `*.` stands for any name below."""

NEVER_SILENT: Final = ("web.push.apple.com", "*.push.apple.com")
"""Where a message that makes no sound and replaces another one counts as none: after a few of them
the browser loses its subscription."""


def check(url: str, services: Collection[str], *, private: bool) -> SplitResult:
    """The parts of the address that a browser gave. `services` are the hosts allowed beside the
    known ones. Raises NotAllowed."""
    parts = public_addresses.check(url, private=private)
    host = (parts.hostname or "").lower()
    if not any(_fits(host, each) for each in (*SERVICES, *services)):
        raise NotAllowed("The address belongs to no known push service.")
    if not private and parts.port not in (None, 443):
        raise NotAllowed("The address has to use port 443.")
    return parts


def _fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern
