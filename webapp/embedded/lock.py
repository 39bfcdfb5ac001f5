"""One owner per data folder: the lock that a desk or a command holds while its server runs."""

import fcntl
import os
from pathlib import Path
from typing import Final, Literal

Holder = Literal["desk", "command"]
_DESK: Final = "desk"


class DataDirInUse(Exception):
    """The data folder is held: by a running desk, as far as known (`by_desk`), by this very
    process (`by_us`), or by a command."""

    def __init__(self, *, by_desk: bool, by_us: bool) -> None:
        super().__init__("the data folder is in use")
        self.by_desk = by_desk
        self.by_us = by_us


class DataLock:
    """The kernel drops the lock with its process, however that ends; the file stays behind."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._handle: int | None = None

    def acquire(self, holder: Holder) -> None:
        """Take the lock or raise DataDirInUse at once; harmless when this object holds it."""
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note = os.pread(handle, 100, 0).decode("ascii", "replace")
            os.close(handle)
            kind, _, pid = note.strip().partition(" ")
            raise DataDirInUse(
                by_desk=kind == _DESK and _lives(pid), by_us=pid == str(os.getpid())
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{holder} {os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False  # a note from before a kill -9; the present holder has not written yet
    except PermissionError:
        return True
    return True
