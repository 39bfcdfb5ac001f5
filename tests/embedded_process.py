"""The built-in PostgreSQL in a process of its own, and short ways to ask it something."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from desk_process import ROOT, environment

from webapp.config import Config

SERVE = "server = Server(path); server.start(); print(server.url(), flush=True); "
WAIT = "sys.stdin.read()"


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def ask(url: str, query: str) -> object:
    with connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def config_for(data_dir: Path) -> Config:
    return Config.from_environ({"DATA_DIR": str(data_dir)})


@contextlib.contextmanager
def another_python(
    data_dir: Path, code: str, become: Sequence[str] = ()
) -> Iterator[subprocess.Popen]:
    """A process of its own that runs `code` with `Server` and `path` at hand."""
    start = "import sys; from pathlib import Path; from webapp.embedded import *; "
    start += "path = Path(sys.argv[1]); "
    process = subprocess.Popen(
        [*become, sys.executable, "-c", start + code, str(data_dir)],
        cwd=ROOT,
        env=environment(data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()
