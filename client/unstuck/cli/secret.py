"""`unstuck secret`: put a secret that was handed over where a program reads it, unseen."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any, Optional
from urllib.parse import quote

from unstuck.cli.exits import CLOSED, PENDING
from unstuck.client import Unstuck
from unstuck.errors import StillPending
from unstuck.secrets import Secret


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "secret",
        help="write a secret to a file, or run a command with it",
        description="Take a secret that the founder handed over with an answer. Its value is never "
        "printed: it goes to a file, or into the environment of a command. That command can print "
        "it: `unstuck secret ID NAME -- env` would show the value, so run only what needs it.",
    )
    parser.add_argument("id", help="the question's id")
    parser.add_argument("name", help="the secret's name, such as STRIPE_API_KEY")
    parser.add_argument(
        "--job", help="the job that waited for it (default: UNSTUCK_JOB, or the job that asked)"
    )
    parser.add_argument("--file", metavar="PATH", help="write it here, for its owner only (0600)")
    parser.add_argument("--timeout", type=float, default=0, metavar="SECONDS", help="0 if left out")
    parser.add_argument("line", nargs="*", metavar="-- COMMAND")
    parser.set_defaults(function=_main)


def _main(chosen: argparse.Namespace) -> int:
    line = chosen.line[1:] if chosen.line[:1] == ["--"] else chosen.line
    if bool(line) == bool(chosen.file):
        raise ValueError(
            "Say where it goes: unstuck secret ID NAME --file PATH, or unstuck secret ID NAME -- "
            "COMMAND"
        )
    try:
        answer = _client(chosen.id, chosen.job).handle(chosen.id).result(chosen.timeout)
    except StillPending:
        sys.stderr.write("unstuck: still pending: the founder hasn't answered yet\n")
        return PENDING
    secret = answer.secrets.get(chosen.name)
    if secret is None:
        there = ", ".join(answer.secrets) or "none"
        sys.stderr.write(f"unstuck: {chosen.name} didn't come with the answer; there: {there}\n")
        return CLOSED
    if chosen.file:
        path = secret.to_file(chosen.file)
        sys.stderr.write(f"unstuck: {chosen.name} is in {path}\n")
        return 0
    return _run(line, secret)


def _client(escalation_id: str, job: Optional[str]) -> Unstuck:
    """The client of that job, or of the one in the environment, or of the one that asked."""
    client = Unstuck.from_env()
    if not job and not os.environ.get("UNSTUCK_JOB"):
        path = f"/api/escalations/{quote(escalation_id, safe='')}"
        job = client.transport.send("GET", path)["job_id"]
    return Unstuck.from_env({**os.environ, "UNSTUCK_JOB": job}) if job else client


def _run(line: list[str], secret: Secret) -> int:
    """Run it with the secret; after a success the server deletes the secret."""
    environ = os.environ | {secret.name: secret.reveal()}
    try:
        code = subprocess.run(line, env=environ, check=False).returncode  # noqa: S603
    except OSError as error:
        raise ValueError(f"{line[0]}: {error.strerror}") from None
    if code == 0:
        secret.acknowledge()
    return code if code >= 0 else 128 - code
