"""The files in which workers count for /metrics. They are mapped into memory, so they must not lie
on a disk that may fill up: a write to a page that has no room there kills the process (SIGBUS)."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_PREFIX: Final = "unstuck-metrics-"


def folder() -> Path:
    """A new folder, in memory where there is some; those of servers that were killed are removed.
    It is named after this process."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in place.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))


def gather(counts: Path, pid: int) -> None:
    """Add what a worker that ended had counted to what all ended ones had, and remove its files:
    otherwise each of them would stay, and be read at each scrape."""
    from prometheus_client import multiprocess
    from prometheus_client.mmap_dict import MmapedDict

    multiprocess.mark_process_dead(pid, str(counts))  # type: ignore[no-untyped-call]
    for kind in ("counter", "histogram", "summary"):
        ended = counts / f"{kind}_{pid}.db"
        if not ended.exists():
            continue
        total = MmapedDict(str(counts / f"{kind}_0.db"))  # type: ignore[no-untyped-call]
        found = list(MmapedDict.read_all_values_from_file(str(ended)))  # type: ignore[no-untyped-call]
        ended.unlink()  # first: a scrape in between finds less, and never more
        for key, value, moment, _ in found:
            total.write_value(key, total.read_value(key)[0] + value, moment)  # type: ignore[no-untyped-call]
        total.close()  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
