"""The database as a file, by PostgreSQL's own programs, which the built-in one brings along."""

import subprocess
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from webapp.config import SetupError
from webapp.embedded.programs import environment, program

# A newer pg_restore sets what an older server doesn't know.
_UNKNOWN_BEFORE_17: Final = b"SET transaction_timeout = 0;"


def dump(url: str, file: Path) -> None:
    """Write the database behind this SQLAlchemy URL to a file, as of one moment, while it is used.
    Raises SetupError."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={file}"]
    _run("pg_dump", *arguments, _place(url), password=_password(url))


def load(url: str, file: Path, *, clean: bool) -> None:
    """Bring what `dump` wrote into the database: all of it or, where that fails, nothing. `clean`
    replaces what is there of it. Raises SetupError."""
    options = ["--no-owner", "--no-privileges", "--no-comments"]
    options += ["--clean", "--if-exists"] if clean else []
    script = file.with_suffix(".sql")
    _run("pg_restore", *options, f"--file={script}", str(file))
    fitting = file.with_suffix(".fitting.sql")
    with script.open("rb") as lines, fitting.open("wb") as kept:
        copying = False  # what stands between COPY and its end is data
        for line in lines:
            if copying or line.strip() != _UNKNOWN_BEFORE_17:
                kept.write(line)
            if copying:
                copying = line != b"\\.\n"
            else:
                copying = line.startswith(b"COPY ") and line.endswith(b"FROM stdin;\n")
    script.unlink()
    settings = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    arguments = [*settings, "--output=/dev/null", f"--file={fitting}", _place(url)]
    _run("psql", *arguments, password=_password(url))
    fitting.unlink()


def _place(url: str) -> str:
    """Where the database is, without its password: others can read the arguments of a program."""
    parsed = make_url(url)
    _, found = parsed.get_dialect()().create_connect_args(parsed)
    found.pop("password", None)
    return f"--dbname={make_conninfo('', **found)}"


def _password(url: str) -> str | None:
    return make_url(url).password


def _run(name: str, *arguments: str, password: str | None = None) -> None:
    more = {"PGPASSWORD": password} if password else {}
    done = subprocess.run(  # noqa: S603 - our own command line
        [str(program(name)), *arguments],
        env=environment(PGCONNECT_TIMEOUT="10", **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if "rror:" in line]
        reason = (lines or done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise SetupError(f"{name} failed ({reason}). Fix that and try again.")
