"""A whole desk as its own process tree, for tests that need the real thing: `make run` without
make."""

import os
import queue
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Self

from webapp.serving.ready import Ready

ROOT = Path(__file__).resolve().parent.parent
_OWN = ("HOST", "PORT", "DATA_DIR", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "WEB_CONCURRENCY")
_OWN += ("WORKER",)
START_S = 150  # far above what a start takes, for a machine that does other things too


def environment(data_dir: Path, **environ: str) -> dict[str, str]:
    """The environment of a desk or a command on this folder, with nothing of the caller's own. One
    web process is enough, and none that sends messages, where a test does not say otherwise: each
    takes a second to start."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OWN}
    own = {"DATA_DIR": str(data_dir), "PORT": "0", "WEB_CONCURRENCY": "1", "WORKER": "off"}
    return inherited | own | environ


def flask(data_dir: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `flask --app wsgi …` on this data folder to its end."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environment(data_dir, **environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Desk:
    """`with Desk(folder) as desk:` starts one on a free port and ends it; `desk.url` is where it
    answers, `desk.first_link` where one signs in, `desk.lines` what it prints."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        self.data_dir = data_dir
        listener, ready_fd = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "webapp.serving", "--ready-fd", str(ready_fd)],
            cwd=ROOT,
            env=environment(data_dir, **environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
            pass_fds=[ready_fd],
        )
        os.close(ready_fd)
        self.pid = self._process.pid
        self._ready: queue.Queue[Ready | None] = queue.Queue()
        self.lines: list[str] = []
        self._complaints: list[str] = []
        self._readers = [
            threading.Thread(target=lambda: self._ready.put(Ready.read(listener))),
            threading.Thread(target=self._read, args=(self._process.stdout, self.lines.append)),
            threading.Thread(
                target=self._read, args=(self._process.stderr, self._complaints.append)
            ),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str], take) -> None:
        with stream:
            for line in stream:
                take(line)
        take("")

    def __enter__(self) -> Self:
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_ready(self, seconds: float = START_S) -> None:
        """Returns once it says so; fails with what the desk said instead."""
        ready = self._ready.get(timeout=seconds)
        if ready is None:
            self.stop()
            raise AssertionError(f"not ready but {self.lines}: {self.complaints()}")
        self.first_link, self.url = ready.link, ready.address

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Ctrl-C: the signal goes to the whole group, as a terminal sends it."""
        os.killpg(self.pid, number)

    def wait(self, seconds: float = START_S) -> int:
        """The exit code, once the desk has ended."""
        code = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(seconds)
        return code

    def stop(self) -> None:
        """End it whatever state it is in; harmless when it has ended."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.wait()

    def complaints(self) -> str:
        """What it wrote to its error output."""
        return "".join(self._complaints)

    def processes(self) -> dict[int, str]:
        """All living processes of this desk: pid → command line."""
        return processes_of(self.data_dir)

    def find(self, *words: str) -> list[int]:
        """The pids of its processes whose command line holds all these words."""
        found = self.processes().items()
        return sorted(pid for pid, line in found if all(word in line for word in words))


def refusal(data_dir: Path, **environ: str) -> str:
    """The one sentence with which a desk refuses to start."""
    desk = Desk(data_dir, **environ)
    assert desk.wait() == 2
    said = desk.complaints()
    assert said.startswith("Error: ")
    assert said.endswith(".\n")
    assert said.count("\n") == 1
    return said.removeprefix("Error: ")


def processes_of(data_dir: Path) -> dict[int, str]:
    """The living processes that have this folder in their command line or environment."""
    found = {}
    mark = os.fsencode(data_dir)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes()
            if line and (mark in line or mark in (entry / "environ").read_bytes()):
                found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile, or is nobody of ours
    return found


def wait_gone(pids: list[int], seconds: float) -> list[int]:
    """Wait until these processes have ended; returns those that have not."""
    left = []
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([handle], [], [], seconds)[0]:
                left.append(pid)
        finally:
            os.close(handle)
    return left
