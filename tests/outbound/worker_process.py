"""`flask worker` as a process, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent


class WorkerProcess:
    """`with WorkerProcess(environ) as worker:` runs one; `kill()` ends it without a warning."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._lifeline = os.pipe()  # ends with this process, however that ends
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=ROOT,
            env=dict(environ) | {"DESK_LIFELINE": str(self._lifeline[0])},
            pass_fds=[self._lifeline[0]],
            stdin=subprocess.DEVNULL,
        )
        self.pid = self._process.pid

    def kill(self) -> None:
        """No signal handler, no last word."""
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end; returns its exit status."""
        self._process.terminate()
        return self._process.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.kill()
        for end in self._lifeline:
            os.close(end)
