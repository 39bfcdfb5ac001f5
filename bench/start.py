"""From `make run` to the first page, with the dependencies installed."""

import http.client
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from bench.lab.figures import Ratio, Section, median, spread
from bench.lab.plan import Plan
from bench.lab.servers import environment
from webapp.config import PROJECT_ROOT

MOST_S = 3.0


def compare(folder: Path, plan: Plan) -> Section:
    """Starts on an empty data folder, which makes the database, and again on the same one."""
    first, again = [], []
    for number in range(plan.starts):
        data = folder / f"data-{number}"
        first.append(_start(data))
        again.append(_start(data))
    section = Section(
        "From `make run` to the first page",
        "From the command to the last byte of the page that the ready line names, "
        f"{plan.starts} times; median (lowest to highest).",
        head=["", "seconds"],
        rows=[
            ["empty data folder: the database is made", spread(first, ".2f")],
            ["with data", spread(again, ".2f")],
        ],
        ratios=[Ratio("`make run` to the first page", median(first), MOST_S, False, "s")],
    )
    if not section.ratios[0].met:
        section.worse.append(f"the first start takes {median(first):.1f} s.")
    return section


def _start(data: Path) -> float:
    began = time.perf_counter()
    run = subprocess.Popen(
        ["make", "run"],
        cwd=PROJECT_ROOT,
        env=environment(DATA_DIR=str(data), PORT="0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        assert run.stdout is not None
        for line in run.stdout:
            if found := re.search(r"ready: (http\S+)", line):
                _page(found[1])
                return time.perf_counter() - began
        raise RuntimeError("make run ended without being ready")
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            run.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


def _page(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", parts.path or "/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the first page was answered with {answer.status}")
