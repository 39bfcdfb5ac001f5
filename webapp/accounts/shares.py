"""What this process may still count of each limit, taken in shares of what all may together.

At most the promised number passes over all processes. A little less may: what one process has taken
and doesn't use is lost to the others until the window ends, up to 2% of a limit on each machine.
Small limits are taken one by one, and lose nothing.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from webapp.clock import now

Take = Callable[[str, int, int, int], tuple[int, datetime]]
"""Takes a share for a key: key, share, the most in a window, the window's seconds. Returns what was
granted and the end of the window."""

_MOST_KEPT: Final = 10_000  # keys, then those that are over are forgotten
_LOST: Final = 50  # shares of all processes of a machine together: 1/50 of a limit


@dataclass(slots=True)
class _Share:
    """What is left for a key until the window ends; `is_last` once there is no more to take."""

    left: int
    ends_at: datetime
    is_last: bool = False


class Shares:
    """The shares of one process. `workers` is how many processes this machine has."""

    def __init__(self, workers: int, take: Take) -> None:
        self._portion = _LOST * workers
        self._take = take
        self._kept: dict[str, _Share] = {}
        self._lock = threading.Lock()

    def hit(self, name: str, *, most: int, seconds: int, cost: int = 1) -> bool:
        """Count `cost` for the key, of `most` in so many seconds; say whether that was allowed."""
        with self._lock:
            share = self._current(name)
            if share is not None and (share.left >= cost or share.is_last):
                return self._spend(share, cost)
            missing = cost - (share.left if share else 0)
        wanted = max(missing, most // self._portion, 1)
        granted, ends_at = self._take(_digest(name), wanted, most, seconds)
        with self._lock:
            share = self._current(name)
            if share is None or share.ends_at != ends_at:
                share = self._keep(name, _Share(0, ends_at))
            share.left += granted
            share.is_last = granted < wanted
            return self._spend(share, cost)

    def give_back(self, name: str, cost: int = 1) -> None:
        """Let this process count that much again."""
        with self._lock:
            if share := self._current(name):
                share.left += cost

    def ends_at(self, name: str) -> datetime:
        """When the window of the key ends; now, if none is known."""
        with self._lock:
            share = self._current(name)
            return share.ends_at if share else now()

    def _spend(self, share: _Share, cost: int) -> bool:
        if share.left < cost:
            return False
        share.left -= cost
        return True

    def _current(self, name: str) -> _Share | None:
        share = self._kept.get(name)
        return None if share is None or share.ends_at <= now() else share

    def _keep(self, name: str, share: _Share) -> _Share:
        if len(self._kept) >= _MOST_KEPT:
            moment = now()
            self._kept = {key: each for key, each in self._kept.items() if each.ends_at > moment}
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
        self._kept[name] = share
        return share


def _digest(name: str) -> str:
    """Nobody's address is stored, and no name is longer than its column."""
    return hashlib.blake2b(name.encode(), digest_size=32).hexdigest()
