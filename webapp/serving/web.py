"""The processes that run the application: one that prepares the database, then gunicorn."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

from webapp.config import PROJECT_ROOT, Config, SetupError

_HEALTH_PATH: Final = "/healthz"
_BOOT_S: Final = 60.0
_SHORT_LIFE_S: Final = 5.0
_SHORT_LIVES: Final = 3

Pause = Callable[[float], None]


def prepare(pause: Pause) -> str:
    """Bring the schema up to date; returns the path to open first. Raises SetupError."""
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.serving.prepare"],
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is the supervisor's to handle
    )
    while True:
        try:
            output, complaints = process.communicate(timeout=0.01)
            break
        except subprocess.TimeoutExpired:
            try:
                pause(1.0)  # cut short when the process ends
            except BaseException:
                process.kill()
                process.communicate()
                raise
    if process.returncode != 0:
        sys.stderr.write(complaints)
        raise SetupError(
            "The database could not be brought up to date: the reason stands above; "
            "put that right and start again, the data is unchanged."
        )
    return output.strip().splitlines()[-1]


class Web:
    """gunicorn on a socket that it is given, kept alive."""

    def __init__(self, config: Config, listener: socket.socket, pause: Pause) -> None:
        self._config = config
        self._listener = listener
        self._pause = pause
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._short_lives = 0
        # The workers read its other end: it ends with this process, however that ends.
        self._lifeline_end, self._lifeline = os.pipe()

    def start(self) -> None:
        """Start gunicorn; does not wait."""
        listener, lifeline = self._listener.fileno(), self._lifeline_end
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn.conf.py", "wsgi:app"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"DESK_LISTENER": str(listener), "DESK_LIFELINE": str(lifeline)},
            stdin=subprocess.DEVNULL,
            pass_fds=(listener, lifeline),
            process_group=0,  # Ctrl-C is the supervisor's to handle
        )
        self._started = time.monotonic()

    def wait_healthy(self) -> None:
        """Returns when a request is answered; raises SetupError when gunicorn gives up."""
        while time.monotonic() < self._started + _BOOT_S:
            if self._answers():
                return
            if not self.is_alive():
                break
            self._pause(0.02)
        raise SetupError(
            "The web server did not start: the reason stands above; put that right and start again."
        )

    def is_alive(self) -> bool:
        """Whether gunicorn's main process lives; it replaces its workers by itself."""
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Start gunicorn anew; raises SetupError when it keeps ending at once."""
        self._kill_group()
        short = time.monotonic() < self._started + _SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if short else 0
        if self._short_lives >= _SHORT_LIVES:
            raise SetupError(
                f"The web server ended {_SHORT_LIVES} times within seconds: "
                "the reason stands above; put that right and start again."
            )
        self.start()

    def stop(self, patience: float) -> None:
        """Let the open requests end for `patience` seconds, then end them; no process is left."""
        self._listener.close()  # whoever comes now is refused instead of left waiting
        if self._process and self.is_alive():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        self._kill_group()
        os.close(self._lifeline)
        os.close(self._lifeline_end)

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
