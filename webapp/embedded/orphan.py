"""What an earlier server left behind: a process that still runs, or only its note of its pid."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from webapp.config import SetupError

_FAST_STOP_S: Final = 30.0
_IMMEDIATE_STOP_S: Final = 10.0


def noted_pid(cluster: Path) -> int | None:
    """The pid in the cluster's postmaster.pid, which may belong to anybody by now."""
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def is_server_of(pid: int, cluster: Path) -> bool:
    """Whether this process is a `postgres` that was started for this very folder."""
    words = _command_line(pid)
    return any("postgres" in word for word in words[:1]) and str(cluster) in words


def stop_orphan(cluster: Path, pause: Callable[[float], None]) -> None:
    """Stop the server that a killed supervisor left running on this folder, and nothing else.
    The caller holds the lock of the data folder, so no other supervisor looks after it."""
    pid = noted_pid(cluster)
    if pid is None or not is_server_of(pid, cluster):
        return
    for how, timeout_s in ((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, _IMMEDIATE_STOP_S)):
        os.kill(pid, how)
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if not is_server_of(pid, cluster):
                return
            pause(0.02)
    raise SetupError(
        f"An earlier database server (process {pid}) still runs on {cluster} and doesn't stop. "
        f"End it with `kill -9 {pid}` and start again."
    )


def end_leftovers(cluster: Path) -> int:
    """Kill what a killed server left of its sessions, and return how many there were: one that was
    stopped never sees that its server is gone, and holds the shared memory for ever. They are
    known by their program and their working directory, which is the folder of the server. The
    caller holds the lock of the data folder, and no server runs there. Linux only."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        try:
            is_ours = (
                os.readlink(entry / "exe").removesuffix(" (deleted)").endswith("/postgres")
                and Path(os.readlink(entry / "cwd")) == cluster.resolve()
            )
            if is_ours:
                os.kill(int(entry.name), signal.SIGKILL)
                count += 1
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
    return count


def _command_line(pid: int) -> list[str]:
    if sys.platform == "linux":
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return []
        return [os.fsdecode(word) for word in raw.split(b"\0")]
    listed = subprocess.run(  # noqa: S603 - a number as the only argument
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.split()
