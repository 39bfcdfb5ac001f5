"""The room on the disk of the database. Writes stop while there is enough left for PostgreSQL to
finish what it began: without any, it can't even write the log of a commit, and ends."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from webapp.errors import AppError

LEAST_MB: Final = 64
"""With less, writes are refused: four segments of PostgreSQL's log."""

_FILLING: Final = 0.9
_LOOK_EVERY_S: Final = 1.0
_BELIEVED_S: Final = 10.0  # for so long a database elsewhere counts as full after it said so

_log = logging.getLogger(__name__)

State = Literal["", "filling", "full"]


class DiskFull(AppError, SQLAlchemyError):
    """Nothing can be saved. Also a SQLAlchemyError: what tries again when the database is back
    tries again after this, too."""

    status, code, title = 507, "disk-full", lazy_gettext("The disk is full")

    def __init__(self) -> None:
        super().__init__(
            lazy_gettext(
                "The disk of the database is full, so this couldn't be saved. Free some space on "
                "the server, then try again."
            )
        )
        self.headers["Retry-After"] = "30"

    def __str__(self) -> str:
        return "the disk of the database is full"


class Usage(NamedTuple):
    """Bytes, as `shutil.disk_usage` returns them."""

    total: int
    used: int
    free: int


class Disk:
    """The disk below `folder`; None where the database is elsewhere and alone knows its room."""

    def __init__(self, folder: Path | None, usage: Callable[[Path], Usage] | None = None) -> None:
        self._folder = folder
        self._usage = usage or (lambda path: Usage(*shutil.disk_usage(path)))
        self._lock = threading.Lock()
        self._state: State = ""
        self._until = 0.0
        self._percent = 0

    def state(self) -> State:
        """`full` while writes are refused, `filling` from 90% on. Looks once a second."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._until = time.monotonic() + _LOOK_EVERY_S
                self._change(self._look())
            return self._state

    @property
    def percent(self) -> int:
        """How much of it was used at the last look."""
        return self._percent

    def warning(self) -> str:
        """What whoever runs the server should know, in English; empty if there is nothing."""
        if self.state() == "full":
            return "The disk of the database is full. Nothing can be saved until you free space."
        if self.state() == "filling":
            return f"The disk of the database is {self._percent}% full. Free some space soon."
        return ""

    def require_room(self) -> None:
        """Raise DiskFull where nothing should be written."""
        if self._folder and self.state() == "full":
            raise DiskFull

    def refused(self) -> None:
        """The database itself said that it has no room."""
        with self._lock:
            self._until = time.monotonic() + _BELIEVED_S
            self._change("full")

    def _look(self) -> State:
        if self._folder is None:
            return ""
        try:
            found = self._usage(self._folder)
        except OSError:
            return self._state
        self._percent = round(100 * found.used / max(1, found.used + found.free))
        if found.free < LEAST_MB * 1_000_000:
            return "full"
        return "filling" if self._percent >= 100 * _FILLING else ""

    def _change(self, state: State) -> None:
        if state == self._state:
            return
        self._state = state
        if state == "full":
            _log.error("the disk of the database is full: writes are refused until there is room")
        elif state == "filling":
            _log.warning("the disk of the database is %d%% full: free some space", self._percent)
        else:
            _log.warning("the disk of the database has room again")
