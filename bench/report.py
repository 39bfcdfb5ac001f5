"""What docs/benchmarks.md says: ratios first, what is worse, then each comparison."""

import os
import platform
import subprocess
import time
from pathlib import Path

from bench.lab.figures import Section, table
from webapp.config import PROJECT_ROOT

_HEAD = ["what", "measured", "target", "met"]


def text(sections: list[Section], *, quick: bool, began: float, load: float) -> str:
    """The whole page."""
    worse = [line for section in sections for line in section.worse]
    parts = [
        "# Benchmarks",
        "Written by `make bench`, which anybody can repeat; only ratios carry over to another "
        "machine. Each comparison ran side by side in this one run, with the load generators, "
        "PostgreSQL and all servers on the same machine over loopback.",
        _machine(began, load),
        *(["A quick run: too short to be quoted."] if quick else []),
        "## Ratios and targets",
        ratios(sections),
        "## What is worse",
        "\n".join(f"- {line}" for line in worse) or "Nothing that was measured here.",
        *(section.markdown() for section in sections),
        "## Repeat it",
        "`make bench` takes about ten minutes and writes this page; `make bench QUICK=1` takes "
        "three and writes `.cache/bench.md`. As root on Debian or Ubuntu it installs Redis, nginx "
        "and nchan where they are missing; elsewhere, what is missing is left out and said so. "
        "Everything runs on loopback and is ended and thrown away afterwards.",
    ]
    return "\n\n".join(parts) + "\n"


def ratios(sections: list[Section]) -> str:
    """The table of all ratios."""
    return table(_HEAD, [ratio.row() for section in sections for ratio in section.ratios])


def _machine(began: float, load: float) -> str:
    lines = [
        f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime(began))} UTC, "
        f"{(time.time() - began) / 60:.0f} minutes, commit {_commit()}",
        f"{os.cpu_count()} × {_cpu()}, {_memory()} GB of memory, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}",
        f"load average of the machine before the start: {load:.1f}, at the end "
        f"{os.getloadavg()[1]:.1f}"
        + (" — other programs were running, so absolute figures are too low" if load > 0.5 else ""),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    line = Path("/proc/meminfo").read_text().splitlines()[0]
    return f"{int(line.split()[1]) / 1e6:.0f}"
