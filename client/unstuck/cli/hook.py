"""`unstuck hook claude-code`: pass a coding agent's hook on. It never stops the agent."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any
from urllib.parse import quote, urlencode

from unstuck.client import Unstuck
from unstuck.errors import Refused, Unreachable

_PATIENCE_S = 5.0
_WAIT_S = 50


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "hook",
        help="pass on a coding agent's hook",
        description="Read a hook's JSON from standard input, send it to the server, and print the "
        "response. Always ends with exit code 0, so that the agent goes on.",
    )
    parser.add_argument("agent", help="claude-code, cursor, copilot-cli, gemini-cli or generic")
    parser.add_argument(
        "--wait",
        type=float,
        metavar="SECONDS",
        help="how long to wait for the answer to a question (default: until the agent stops it)",
    )
    parser.set_defaults(function=_main)


def _main(chosen: argparse.Namespace) -> int:
    try:
        payload = json.load(sys.stdin)
        response = _response(Unstuck.from_env(), chosen, payload)
    except (ValueError, Refused, Unreachable) as error:
        sys.stderr.write(f"unstuck: {error}\n")
        return 0
    if response:
        sys.stdout.write(json.dumps(response, ensure_ascii=False) + "\n")
    return 0


def _response(client: Unstuck, chosen: argparse.Namespace, payload: Any) -> Any:
    """What the server gives back. A question is sent again until it is answered: its card stays
    the same."""
    end = None if chosen.wait is None else time.monotonic() + chosen.wait
    while True:
        left = _WAIT_S if end is None else max(0.0, end - time.monotonic())
        wait_s = min(left, _WAIT_S) if _asks(payload) else 0
        response = client.transport.send(
            "POST",
            _path(client, chosen.agent, wait_s),
            payload,
            patience_s=min(client.patience_s, _PATIENCE_S),
            response_s=wait_s,
        )
        if response or not wait_s:
            return response


def _asks(payload: Any) -> bool:
    """Whether the hook waits for an answer of the founder."""
    if not isinstance(payload, dict):
        return False
    asks = payload.get("hook_event_name") == "PreToolUse"
    return payload.get("event") == "question" or (
        asks and payload.get("tool_name") == "AskUserQuestion"
    )


def _path(client: Unstuck, agent: str, wait_s: float) -> str:
    """The folder names the job if UNSTUCK_JOB isn't set."""
    query = {"wait": wait_s, "project_id": client.project, "job_id": os.environ.get("UNSTUCK_JOB")}
    named = {name: value for name, value in query.items() if value}
    return f"/api/hooks/{quote(agent, safe='')}" + (f"?{urlencode(named)}" if named else "")
