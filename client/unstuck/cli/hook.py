"""`unstuck hook claude-code`: pass a coding agent's hook on. It never stops the agent."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any
from urllib.parse import quote

from unstuck.client import Unstuck
from unstuck.errors import Refused, Unreachable

_PATIENCE_S = 5.0


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "hook",
        help="pass on a coding agent's hook",
        description="Read a hook's JSON from standard input, send it to the server, and print the "
        "response. Always ends with exit code 0, so that the agent goes on.",
    )
    parser.add_argument("agent", help="claude-code, cursor, copilot-cli, gemini-cli or generic")
    parser.set_defaults(function=_main)


def _main(chosen: argparse.Namespace) -> int:
    try:
        payload = json.load(sys.stdin)
        client = Unstuck.from_env()
        path = f"/api/hooks/{quote(chosen.agent, safe='')}"
        patience_s = min(client.patience_s, _PATIENCE_S)
        response = client.transport.send("POST", path, payload, patience_s=patience_s)
    except (ValueError, Refused, Unreachable) as error:
        sys.stderr.write(f"unstuck: {error}\n")
        return 0
    if response is not None:
        sys.stdout.write(json.dumps(response, ensure_ascii=False) + "\n")
    return 0
