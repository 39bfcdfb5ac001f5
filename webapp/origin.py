"""From where the present call came: an address and what the caller's program says of itself.

Operations write it down without knowing a request: the layer that takes requests says once how to
ask for it (webapp/accounts). Outside of a request, in a command or a thread, there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """An address as the desk sees it, past the proxies that it trusts, and a User-Agent."""

    address: str | None = None
    user_agent: str | None = None


NOWHERE = Origin()

_readers: list[Callable[[], Origin]] = []


def read_by(reader: Callable[[], Origin]) -> None:
    """Say how to ask: `reader` gives the origin of the present call, NOWHERE outside of one."""
    _readers[:] = [reader]


def current() -> Origin:
    """The origin of the present call."""
    return _readers[0]() if _readers else NOWHERE
