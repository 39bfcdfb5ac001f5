"""Tokens that were looked up a moment ago: an agent that calls often is looked up once a second.

A token that was ended must not work any longer. So nothing is kept unless this process listens to
the database: an operation that ends a token notifies in the same transaction
(operations/tokens.py), and then all is forgotten at once. What was kept a second ago is looked up
again in any case.
"""

import time
from collections.abc import Callable
from typing import Final

from webapp.clock import now
from webapp.queries.accounts import LiveToken

_KEPT_S: Final = 1.0
_MOST: Final = 10_000  # tokens, then all are forgotten


class TokenCache:
    """The tokens of one process, by the hash of their secret."""

    def __init__(self) -> None:
        self._listening = False
        self._times_forgotten = 0
        self._kept: dict[str, tuple[float, LiveToken]] = {}

    def find(self, secret_hash: str) -> LiveToken | None:
        """The token, if it was looked up within the last second and has not expired since."""
        until, token = self._kept.get(secret_hash, (0.0, None))
        if token is None or time.monotonic() > until:
            return None
        return None if token.expires_at and token.expires_at <= now() else token

    def look_up(self, secret_hash: str, look: Callable[[], LiveToken | None]) -> LiveToken | None:
        """Look the token up and keep it, unless one was ended while it was looked up."""
        times = self._times_forgotten
        token = look()
        if token is None or token.person_id is not None:
            return token  # what a person may do changes in other ways than by ending the token
        if self._listening and times == self._times_forgotten:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[secret_hash] = (time.monotonic() + _KEPT_S, token)
        return token

    def listening(self, listening: bool) -> None:
        """Whether this process hears of tokens that are ended from now on."""
        self._listening = listening
        self.forget()

    def forget(self) -> None:
        """A token was ended: look every one up again."""
        self._times_forgotten += 1
        self._kept.clear()
