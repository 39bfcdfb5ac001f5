"""Finds the service that a message is about: one of services.toml, else the host it names."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Service:
    """`name` as a founder knows it; `keys` and `plan` complete "You find it …"."""

    name: str
    needles: tuple[str, ...]
    keys: str
    plan: str


def _services() -> Iterator[Service]:
    for row in tomllib.loads(LIST.read_text("utf-8"))["service"]:
        plan = f"on {row['name']}'s website, in the billing page of your account"
        needles = tuple(row.pop("needles").split(","))
        yield Service(**{"plan": plan, **row, "needles": needles})


LIST: Final = Path(__file__).with_name("services.toml")
SERVICES: Final = tuple(_services())

GENERIC: Final = Service(
    name="a service that this step needs",
    needles=(),
    keys="in the settings of your account there, under API keys or access tokens",
    plan="on its website, in the billing page of your account",
)

_ANY_NEEDLE: Final = re.compile(
    r"\b(?:" + "|".join(re.escape(needle) for one in SERVICES for needle in one.needles) + ")"
)
_BY_NAME: Final = {service.name: service for service in SERVICES}
_BY_NEEDLE: Final = {needle: service for service in SERVICES for needle in service.needles}
_NOT_NAMED: Final = re.compile(r"[\w.*+-]{1,64}@g(?:oogle)?mail\.com|\bvia\W{1,6}1\.1 google")
"""What names a service only in passing: somebody's address, a server on the way."""

_MEDIATOR: Final = "openrouter"
"""Passes requests on to other providers, whom its messages name as well."""

_HOST: Final = re.compile(
    r"\bhttps?://(?:[^\s/@:]{1,80}(?::[^\s/@]{0,80})?@)?([a-z0-9.-]{1,120}\.[a-z]{2,20})"
)
_NO_SERVICE: Final = re.compile(
    r"(?:docs?|help|support|developers?|learn|wiki|errors|community|forum|blog|go|aka)\."
    r"|.*\.(?:local|localhost|internal|lan|test|invalid)$"
)
"""Hosts of manuals, and of the machine's own network."""

MAX_SEARCHED_CHARS: Final = 1_000


def at_host(line: str) -> Service | None:
    """Return the service at the host that the line names in an address; None without one."""
    for found in _HOST.finditer(line[:MAX_SEARCHED_CHARS].lower()):
        host = found[1]
        if not _NO_SERVICE.match(host):
            return replace(GENERIC, name=f"a service at {host}")
    return None


def find_service(text: str) -> Service:
    """Return the well-known service that `text` names first, else a nameless one.

    Give it one line, not a whole log: a log names many services in passing.
    """
    searched = text[:MAX_SEARCHED_CHARS].lower().replace("_", " ")
    if _MEDIATOR in searched:
        return _BY_NEEDLE[_MEDIATOR]
    found = _ANY_NEEDLE.search(_NOT_NAMED.sub("", searched))
    return _BY_NEEDLE[found.group()] if found else GENERIC


def named(name: str | None) -> Service:
    """Return the well-known service of that name; a nameless one without a name."""
    return GENERIC if name is None else _BY_NAME[name]
