"""How many streams each caller has open in this process, and when they are enough."""

import threading
from collections import Counter

from flask_babel import lazy_gettext

from webapp.accounts.revalidation import Credential
from webapp.errors import AppError


class TooManyStreams(AppError):
    """The caller has as many open streams as it may."""

    status, code = 429, "too-many-streams"
    title = lazy_gettext("Too many open streams")

    def __init__(self, most: int) -> None:
        super().__init__(
            lazy_gettext(
                "%(most)s streams are open with this sign-in or token already. Close one of them, "
                "then try again.",
                most=most,
            )
        )
        self.headers = {"Retry-After": "30"}


class OpenStreams:
    """The count of each secret by which a caller was let in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def check(self, credential: Credential, most: int | None) -> None:
        """Raise TooManyStreams where `most` are open; None is without a limit."""
        if most is not None and self._counts[credential.secret_hash] >= most:
            raise TooManyStreams(most)

    def enter(self, credential: Credential) -> None:
        """A stream of this caller has begun."""
        with self._lock:
            self._counts[credential.secret_hash] += 1

    def leave(self, credential: Credential) -> None:
        """It has ended."""
        with self._lock:
            self._counts[credential.secret_hash] -= 1
            if self._counts[credential.secret_hash] <= 0:
                del self._counts[credential.secret_hash]
