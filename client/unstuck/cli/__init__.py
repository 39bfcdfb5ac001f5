"""The command `unstuck`, for shell scripts and CI jobs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Optional

from unstuck.cli import ask, doctor, hook, run, secret
from unstuck.cli.exits import NO_PERMISSION, UNAVAILABLE, USAGE
from unstuck.errors import Refused, Unreachable

_DESCRIPTION = """Report failures and ask the founder. Reads UNSTUCK_URL, UNSTUCK_TOKEN, and if set
UNSTUCK_PROJECT and UNSTUCK_JOB."""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="unstuck", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (run, ask, secret, hook, doctor):
        command.add_to(commands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.function(chosen))
    except ValueError as error:
        return _fail(str(error), USAGE)
    except Refused as error:
        return _fail(str(error), NO_PERMISSION if error.status in (401, 403) else 1)
    except Unreachable as error:
        return _fail(str(error), UNAVAILABLE)
    except KeyboardInterrupt:
        return 130


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"unstuck: {message}\n")
    return code
