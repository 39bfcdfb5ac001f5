"""`make bench`: the running product beside what it is compared with, in one run.

Writes docs/benchmarks.md, or with --quick, which measures too little for that, .cache/bench.md.
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from bench import click, fanout, ids, mcp_waits, report, scale, start, writes
from bench.lab.database import postgres
from bench.lab.figures import Section
from bench.lab.plan import FULL, QUICK
from webapp.config import PROJECT_ROOT
from webapp.embedded import Server

CACHE = PROJECT_ROOT / ".cache"
_MOST_S = 30 * 60  # a run that hangs ends


def main() -> None:
    """Run the comparisons that were asked for, and write what came of them."""
    asked = _arguments()
    plan = QUICK if asked.quick else FULL
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, _stop)
    signal.alarm(_MOST_S)
    began, load = time.time(), os.getloadavg()[0]
    with _folder() as folder:
        comparisons: dict[str, Callable[[Server], Section]] = {
            "writes": lambda server: writes.compare(server, folder, plan),
            "ids": lambda server: ids.compare(server, folder, plan),
            "fanout": lambda server: fanout.compare(server, folder, plan),
            "click": lambda server: click.compare(server, folder, plan),
            "mcp": lambda server: mcp_waits.compare(server, folder, plan),
            "scale": lambda server: scale.compare(server, folder, plan),
            "start": lambda _: start.compare(folder, plan),
        }
        sections = [
            _run(name, compare, folder)
            for name, compare in comparisons.items()
            if name in (asked.only or comparisons)
        ]
    text = report.text(sections, quick=asked.quick, began=began, load=load)
    complete = not (asked.quick or asked.only)
    target = PROJECT_ROOT / "docs" / "benchmarks.md" if complete else CACHE / "bench.md"
    target.write_text(text)
    print(report.ratios(sections))
    print(f"\nAll of it: {target.relative_to(PROJECT_ROOT)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, 3 minutes")
    parser.add_argument(
        "--only",
        action="append",
        choices=["writes", "ids", "fanout", "click", "mcp", "scale", "start"],
    )
    return parser.parse_args()


def _run(name: str, compare: Callable[[Server], Section], folder: Path) -> Section:
    began = time.monotonic()
    print(f"{name} …", flush=True)
    # Each comparison has a PostgreSQL of its own, so that none leaves work behind for the next.
    with postgres(folder / name) as server:
        try:
            section = compare(server)
        except RuntimeError as error:
            # What one comparison could not do must not lose what the others found.
            print(f"{name}: {error}", file=sys.stderr)
            section = Section(f"Not measured: {name}", f"This comparison ended early: {error}")
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return section


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder on the disk of the repository, so that writing to it costs what it costs there."""
    CACHE.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=CACHE))
    folder.chmod(0o755)  # root's PostgreSQL and nginx run as others and pass through it
    try:
        yield folder
    except BaseException:
        print(f"The logs are in {folder}.", file=sys.stderr)
        raise
    shutil.rmtree(folder)


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
