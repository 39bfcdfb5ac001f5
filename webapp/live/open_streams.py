"""How many streams each caller has open, over all processes, and when they are enough.

A stream takes a slot of its caller from the database when it is opened, unless this process still
has one that a closed stream left. What isn't needed is given back within a second or two.
"""

import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from flask import Flask
from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts.revalidation import Credential
from webapp.errors import AppError
from webapp.extensions import db
from webapp.operations import stream_slots

_TIDY_EVERY_S: Final = 1.0
_SEEN_EVERY_S: Final = 5.0
_BEGINS_WITHIN_S: Final = 5.0  # a stream that was let in and has not begun by then never will

_log = logging.getLogger(__name__)


class TooManyStreams(AppError):
    """The caller has as many open streams as it may."""

    status, code = 429, "too-many-streams"
    title = lazy_gettext("Too many open streams")

    def __init__(self, most: int) -> None:
        super().__init__(
            lazy_gettext(
                "You have %(most)s open streams with this sign-in or token. Close "
                "one of them, then try again.",
                most=most,
            )
        )
        self.headers = {"Retry-After": "30"}


class _Caller:
    """The streams of one secret in this process."""

    __slots__ = ("let_in", "open", "slots")

    def __init__(self) -> None:
        self.slots: list[int] = []
        self.let_in: list[float] = []  # when streams were let in that have not begun yet
        self.open = 0

    def needed(self) -> int:
        """How many slots are in use, those of streams about to begin included."""
        late = time.monotonic() - _BEGINS_WITHIN_S
        self.let_in = [moment for moment in self.let_in if moment > late]
        return self.open + len(self.let_in)


class OpenStreams:
    """The slots and streams of each caller in this process."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        self._process = uuid.uuid4()
        self._lock = threading.Lock()
        self._callers: defaultdict[str, _Caller] = defaultdict(_Caller)
        self._next_note = 0.0

    def let_in(self, credential: Credential, most: int | None) -> None:
        """Let one more stream of the caller begin, or raise TooManyStreams if `most` are open, in
        whatever process; None is without a limit."""
        if most is None:
            return
        key = credential.secret_hash
        if not self._has_slot(key):
            slot = stream_slots.take(db.session(), key, self._process, most)
            if slot is None:
                raise TooManyStreams(most)
            with self._lock:
                self._callers[key].slots.append(slot)
                self._callers[key].let_in.append(time.monotonic())

    def enter(self, credential: Credential) -> None:
        """A stream of this caller has begun."""
        with self._lock:
            caller = self._callers[credential.secret_hash]
            caller.open += 1
            del caller.let_in[:1]

    def leave(self, credential: Credential) -> None:
        """It has ended."""
        with self._lock:
            self._callers[credential.secret_hash].open -= 1

    def run(self) -> None:
        """Give back what isn't needed and show that this process lives, until told to stop."""
        while not self._stop.wait(_TIDY_EVERY_S):
            self._try(self._give_back)
            if time.monotonic() >= self._next_note:
                self._try(self._note_process)

    def _has_slot(self, key: str) -> bool:
        """Whether this process has a slot of the caller to spare; then it is used."""
        with self._lock:
            caller = self._callers[key]
            spare = len(caller.slots) > caller.needed()
            if spare:
                caller.let_in.append(time.monotonic())
            return spare

    def _give_back(self) -> None:
        unused: list[tuple[str, int]] = []
        with self._lock:
            for key, caller in list(self._callers.items()):
                needed = caller.needed()
                unused += [(key, slot) for slot in caller.slots[needed:]]
                del caller.slots[needed:]
                if not needed:
                    del self._callers[key]
        if unused:
            try:
                with self._app.app_context():
                    stream_slots.give_back(self._process, unused)
            except SQLAlchemyError:
                with self._lock:  # they are still ours
                    for key, slot in unused:
                        self._callers[key].slots.append(slot)
                raise

    def _note_process(self) -> None:
        with self._app.app_context():
            stream_slots.note_process(self._process)
        self._next_note = time.monotonic() + _SEEN_EVERY_S

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except SQLAlchemyError as error:
            _log.warning("slots of streams could not be looked after: %s", error)
