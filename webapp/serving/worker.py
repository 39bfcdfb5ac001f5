"""The worker, which sends webhooks and messages. Requests are served without it, so its faults end
nothing else: it is started again after a pause that grows."""

import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from typing import Final

from webapp.config import PROJECT_ROOT
from webapp.serving.pipe import Pipe

_SHORT_LIFE_S: Final = 30.0
_PAUSES_S: Final = (0.5, 2.0, 10.0, 60.0)


class WorkerProcess:
    """`flask worker`, kept alive."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._short_lives = 0
        self._not_before = 0.0
        self._lifeline = Pipe()  # ends with this process, however that ends

    def start(self) -> None:
        """Start it; does not wait."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"DESK_LIFELINE": str(self._lifeline.reader)},
            stdin=subprocess.DEVNULL,
            pass_fds=(self._lifeline.reader,),
            process_group=0,  # Ctrl-C is the supervisor's to handle
        )
        self._started = time.monotonic()

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def rest_s(self) -> float:
        """Seconds until it may be started again; endless while it runs."""
        if self.is_alive():
            return math.inf
        return max(0.0, self._not_before - time.monotonic())

    def restart(self) -> None:
        """It has ended: start it again once its pause is over."""
        if self._not_before < self._started:  # its end is news
            short = time.monotonic() < self._started + _SHORT_LIFE_S
            self._short_lives = self._short_lives + 1 if short else 0
            pause = _PAUSES_S[min(self._short_lives, len(_PAUSES_S) - 1)]
            self._not_before = time.monotonic() + pause
        if time.monotonic() >= self._not_before:
            self.start()

    def stop(self, patience: float) -> None:
        """Let it settle what it has sent for `patience` seconds; no process is left."""
        if self._process:
            if self.is_alive():
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(patience)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._lifeline.close()
