"""gunicorn, which runs the application."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from webapp.config import PROJECT_ROOT, Config, SetupError
from webapp.serving import counts
from webapp.serving.pipe import Pipe

_HEALTH_PATH: Final = "/healthz"
_BOOT_S: Final = 60.0
_SHORT_LIFE_S: Final = 5.0
_PAUSES_S: Final = (0.0, 0.0, 0.5, 1.0, 2.0, 5.0)  # before the next start, after short lives

Pause = Callable[[float], None]


class Web:
    """gunicorn on a socket that it is given, kept alive. It may start before the database is
    ready, because loading the application takes the longest: it serves once `open` is called.
    """

    def __init__(self, config: Config, listener: socket.socket, pause: Pause) -> None:
        self._config = config
        self._listener = listener
        self._pause = pause
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._short_lives = 0
        self._counts: Path | None = None
        self._gate = Pipe()  # ends when the workers may serve
        self._lifeline = Pipe()  # ends with this process, however that ends

    def start(self) -> None:
        """Start gunicorn; does not wait."""
        passed = {
            "DESK_LISTENER": self._listener.fileno(),
            "DESK_GATE": self._gate.reader,
            "DESK_LIFELINE": self._lifeline.reader,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn.conf.py", "wsgi:app"],
            cwd=PROJECT_ROOT,
            env=os.environ
            | {name: str(handle) for name, handle in passed.items()}
            | {"PROMETHEUS_MULTIPROC_DIR": str(self._fresh_counts())},
            stdin=subprocess.DEVNULL,
            pass_fds=tuple(passed.values()),
            process_group=0,  # Ctrl-C is the supervisor's to handle
        )
        self._started = time.monotonic()

    def _fresh_counts(self) -> Path:
        """The folder in which workers count for /metrics: a new web server begins at zero."""
        self._forget_counts()
        shutil.rmtree(self._config.data_dir / "metrics", ignore_errors=True)  # of earlier versions
        self._counts = counts.folder()
        return self._counts

    def _forget_counts(self) -> None:
        if self._counts:
            shutil.rmtree(self._counts, ignore_errors=True)

    def open(self) -> None:
        """Let it serve. Returns when a request is answered; raises SetupError when gunicorn gives
        up."""
        self._gate.end()
        end = time.monotonic() + _BOOT_S
        while self.is_alive() and time.monotonic() < end:
            if self._answers():
                return
            self._pause(0.02)
        raise SetupError(
            "The web server didn't start. The reason is above. Fix it and start again."
        )

    def is_alive(self) -> bool:
        """Whether gunicorn's main process lives; it replaces its workers by itself."""
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Start gunicorn anew, after a pause that grows while it keeps ending: it has served, so
        what ends it may pass."""
        self._kill_group()
        short = time.monotonic() < self._started + _SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if short else 0
        self._pause_whole(_PAUSES_S[min(self._short_lives, len(_PAUSES_S) - 1)])
        self.start()

    def reload(self) -> None:
        """Let gunicorn replace its workers, each new one before an old one (replacement.py)."""
        if self._process and self.is_alive():
            self._process.send_signal(signal.SIGHUP)

    def _pause_whole(self, seconds: float) -> None:
        """All of it: a child that ends cuts a pause short."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._pause(left)

    def stop(self, timeout_s: float) -> None:
        """Let the open requests end for `timeout_s` seconds, then end them; no process is left."""
        self._listener.close()  # whoever comes now is refused instead of left waiting
        serves = not self._gate.is_open
        if serves and self._process and self.is_alive():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
        self._kill_group()
        self._forget_counts()
        for pipe in (self._gate, self._lifeline):
            pipe.close()

    def _kill_group(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        host, port = self._listener.getsockname()[:2]
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", _HEALTH_PATH)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
