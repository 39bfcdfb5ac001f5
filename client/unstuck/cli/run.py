"""`unstuck run -- make test`: run a command, and report it if it fails."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from typing import IO, Any, Optional

from unstuck.client import Unstuck
from unstuck.errors import Refused, Unreachable
from unstuck.verdicts import Verdict

_TAIL_LINES = 200
_NOT_FOUND = 127
_CHUNK = 65_536


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "run",
        help="run a command and report its failure",
        description="Run a command. If it fails, report it with the end of its output and print "
        "the verdict. The exit code is the command's own.",
    )
    parser.add_argument("--retry", action="store_true", help="run again after a verdict `wait`")
    parser.add_argument("--intent", help="what the command is for; the command itself if left out")
    parser.add_argument("line", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    parser.set_defaults(function=_main)


def _main(chosen: argparse.Namespace) -> int:
    line = chosen.line[1:] if chosen.line[:1] == ["--"] else chosen.line
    if not line:
        raise ValueError("Name the command to run: unstuck run -- make test")
    client = Unstuck.from_env()
    failed: list[str] = []
    while True:
        code, tail = _run(line)
        if code == 0:
            for signature in failed:
                client.healed(signature)
            return 0
        verdict = _report(client, line, chosen.intent, code, tail)
        if verdict is None or not (chosen.retry and verdict.verdict == "wait"):
            return code
        if verdict.error_signature and verdict.error_signature not in failed:
            failed.append(verdict.error_signature)
        time.sleep((verdict.retry_after_s or 0) * client.wait_scale)


def _run(line: list[str]) -> tuple[int, str]:
    """Run it with its output passed on; returns its exit code and the end of what it said."""
    try:
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    except OSError as error:
        sys.stderr.write(f"unstuck: {line[0]}: {error.strerror}\n")
        return _NOT_FOUND, f"{line[0]}: {error.strerror}"
    assert process.stdout  # noqa: S101 - asked for above
    assert process.stderr  # noqa: S101
    tails: list[deque[bytes]] = [deque(maxlen=_TAIL_LINES), deque(maxlen=_TAIL_LINES)]
    pairs = [(process.stdout, sys.stdout.buffer), (process.stderr, sys.stderr.buffer)]
    readers = [
        threading.Thread(target=_pass_on, args=(source, sink, tail), daemon=True)
        for (source, sink), tail in zip(pairs, tails)
    ]
    for reader in readers:
        reader.start()
    code = _wait(process)
    for reader in readers:
        reader.join()
    said = b"".join(tails[1]).strip() or b"".join(tails[0]).strip()
    return code, said.decode(errors="replace")


def _wait(process: subprocess.Popen[bytes]) -> int:
    """The exit code as a shell counts it.

    Ctrl-C goes to the command, which has the terminal too.
    """
    while process.returncode is None:
        with suppress(KeyboardInterrupt):
            process.wait()
    code = process.returncode
    return code if code >= 0 else 128 - code


def _pass_on(source: IO[bytes], sink: IO[bytes], tail: deque[bytes]) -> None:
    """Copy as it comes (a prompt has no end of line), and keep the last lines."""
    rest = b""
    while chunk := source.read1(_CHUNK):  # type: ignore[attr-defined]  # a BufferedReader
        sink.write(chunk)
        sink.flush()
        *lines, rest = (rest + chunk).split(b"\n")
        tail.extend(line + b"\n" for line in lines)
        rest = rest[-_CHUNK:]
    tail.append(rest)
    source.close()


def _report(
    client: Unstuck, line: list[str], intent: Optional[str], code: int, tail: str
) -> Optional[Verdict]:
    command = shlex.join(line)
    try:
        verdict = client.report(
            tail or f"{command} ended with exit code {code}",
            error_type="CommandFailed",
            intent=intent or f"run `{command}`",
            approach=f"run `{command}`",
        )
    except (Refused, Unreachable) as error:
        sys.stderr.write(f"unstuck: the failure couldn't be reported: {error}\n")
        return None
    sys.stderr.write(f"unstuck: {verdict.verdict}: {verdict.instruction or ''}\n")
    if verdict.escalation_id:
        sys.stderr.write(
            f"unstuck: wait for the answer with: unstuck wait {verdict.escalation_id}\n"
        )
    return verdict
