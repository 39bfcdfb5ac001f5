"""The desk as real processes: gunicorn with the settings it is run with, on a free port."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 20.0
START_PATIENCE_S = 150.0  # several servers may start at the same time, on two cores


def until(check: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:
    """The first true value of `check()`; fails when there is none within `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while not (value := check()):
        assert time.monotonic() < end, f"waited {timeout_s} s in vain: {what}"
        time.sleep(0.02)
    return value


class DeskProcess:
    """gunicorn and its workers. `application` names another WSGI module, found in `folder`; what
    they log goes to the file `log`. Without a `port` it takes a free one."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        workers: int = 2,
        application: str = "wsgi:app",
        folder: Path = ROOT,
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        self._environ = dict(environ) | {"WEB_CONCURRENCY": str(workers), "HOST": "127.0.0.1"}
        self._application = application
        self._folder = folder
        self._log = log
        self._wanted = workers
        self.listener = socket.create_server(("127.0.0.1", port), backlog=2048)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        # It ends with this process, and the workers with it: a killed test run leaves none behind.
        self._lifeline = os.pipe()

    def start(self) -> None:
        """Returns when all workers run and a request is answered."""
        listener = self.listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn.conf.py"]
        command += ["--pythonpath", str(self._folder), self._application]
        with open(self._log or os.devnull, "ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environ
                | {"DESK_LISTENER": str(listener), "DESK_LIFELINE": str(self._lifeline[0])},
                pass_fds=[listener, self._lifeline[0]],
                process_group=0,
                stderr=log if self._log else None,
            )
        started = f"{self._wanted} workers"
        until(lambda: len(self.workers()) == self._wanted, started, START_PATIENCE_S)
        until(self.answers, "the desk answers", START_PATIENCE_S)

    def workers(self) -> list[int]:
        """The process ids of the workers that live now."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> int:
        """Kill a worker without a warning; returns the pid it had when gunicorn has another."""
        victim = self.workers()[0]
        os.kill(victim, signal.SIGKILL)
        until(
            lambda: victim not in self.workers() and len(self.workers()) == self._wanted,
            "the killed worker is replaced",
        )
        return victim

    def terminate(self) -> None:
        """Ask it to end, as an orchestrator does; does not wait."""
        assert self.process is not None
        self.process.terminate()

    def stop(self) -> None:
        """End it, and whatever is left of it."""
        self.listener.close()
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(8)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for end in self._lifeline:
            os.close(end)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@pytest.fixture
def workers() -> int:
    """How many of them the desk has. A file whose tests need no second one says so: each loads the
    application for itself."""
    return 2


@pytest.fixture
def desk(environ: dict[str, str], workers: int) -> Iterator[DeskProcess]:
    """The desk on this test's database: `desk.url`, `desk.port`."""
    process = DeskProcess(environ, workers=workers)
    try:
        process.start()
        yield process
    finally:
        process.stop()
