"""One owner per data folder: the lock that a desk or a command holds while its server runs."""

import fcntl
import os
from pathlib import Path
from typing import Final, Literal

Holder = Literal["desk", "command"]
_DESK: Final = "desk"


class DataDirInUse(Exception):
    """Another process holds the data folder. `by_desk`: a running desk does, as far as known."""

    def __init__(self, *, by_desk: bool) -> None:
        super().__init__("the data folder is in use")
        self.by_desk = by_desk


class DataLock:
    """The kernel drops the lock with its process, however that ends; the file stays behind."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._handle: int | None = None

    def acquire(self, holder: Holder) -> None:
        """Take the lock or raise DataDirInUse at once."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            by_desk = _held_by_desk(os.pread(handle, 100, 0).decode("ascii", "replace"))
            os.close(handle)
            raise DataDirInUse(by_desk=by_desk) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{holder} {os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def _held_by_desk(note: str) -> bool:
    holder, _, pid = note.strip().partition(" ")
    if holder != _DESK or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False  # a note from before a kill -9; the present holder has not written yet
    except PermissionError:
        return True
    return True
