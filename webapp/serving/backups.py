"""Backups of the built-in database: one a day, each kept for some days."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from webapp.config import PROJECT_ROOT, Config

_DAY_S: Final = 24 * 3600.0
_FIRST_S: Final = 600.0  # after the start: many are short
_LEAST_MB: Final = 200
_PATTERN: Final = "unstuck-*.backup"


class Backups:
    """Looks now and then whether a backup is due, and makes it in a process of its own, because the
    supervisor never loads the application. `say` is told what went wrong."""

    def __init__(
        self,
        config: Config,
        say: Callable[[str], None],
        *,
        uptime: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.folder = config.data_dir / "backups"
        self._days = config.backup_days if not config.database_url else 0
        self._say = say
        self._uptime, self._now = uptime, now
        self._started = uptime()
        self._process: subprocess.Popen[str] | None = None
        self._next = 0.0  # by the clock: a failed one is tried again after a day

    def look(self) -> None:
        """Start what is due, note what ended, forget what is too old. Doesn't wait."""
        if not self._days or self._uptime() - self._started < _FIRST_S:
            return
        if self._process:
            self._note_end(self._process)
            return
        self._forget_old()
        if self._now() < max(self._next, self._newest() + _DAY_S):
            return
        self._next = self._now() + _DAY_S
        if self._has_room():
            self._start()
        else:
            self._say(f"No backup was made because the disk of {self.folder} is too full.")

    def stop(self) -> None:
        """No process is left; a backup that isn't whole leaves no file."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.communicate()
        self._process = None

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for left in self.folder.glob(".unstuck-backup-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        moment = datetime.fromtimestamp(self._now(), UTC)
        file = self.folder / f"unstuck-{moment:%Y-%m-%dT%H%M}.backup"
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "flask", "--app", "wsgi", "backup", str(file)],
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is the supervisor's to handle
        )

    def _note_end(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            return
        errors: IO[str] | None = process.stderr
        said = errors.read().strip().splitlines() if errors else []
        process.communicate()
        self._process = None
        if process.returncode != 0:
            self._say(f"The daily backup failed: {said[-1] if said else 'no reason given'}")

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(_PATTERN))

    def _newest(self) -> float:
        return max((file.stat().st_mtime for file in self._files()), default=0.0)

    def _forget_old(self) -> None:
        """The newest one stays, however old it is."""
        for file in self._files()[:-1]:
            if file.stat().st_mtime < self._now() - self._days * _DAY_S:
                file.unlink(missing_ok=True)

    def _has_room(self) -> bool:
        largest = max((file.stat().st_size for file in self._files()), default=0)
        free = shutil.disk_usage(self.folder.parent).free
        return free > max(3 * largest, _LEAST_MB * 1_000_000)
