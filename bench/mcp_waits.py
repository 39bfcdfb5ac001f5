"""Database connections in use while many MCP calls wait for an answer."""

import re
import socket
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from bench import calls
from bench.lab import servers
from bench.lab.figures import Ratio, Section
from bench.lab.plan import Plan
from bench.lab.stored import Store, add_jobs, add_pending
from webapp.embedded import Server

WAITS = 500
WAIT_S = 50
_PATIENCE_S = 40.0


def compare(server: Server, folder: Path, plan: Plan) -> Section:  # noqa: ARG001 - as the others
    """Keep all calls open, and count the busy connections in pg_stat_activity."""
    store = Store.create(server, "mcp_waits")
    add_jobs(store, 1)
    [key] = add_pending(store, 1, 1)
    arguments = {"escalation_id": key, "wait_s": WAIT_S}
    params = {"name": "wait_for_decision", "arguments": arguments}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    request = calls.post("/api/mcp", store.agent, call)
    with servers.desk(store.url, folder) as (port, pid), ExitStack() as stack:
        for _ in range(WAITS):
            agent = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            agent.sendall(request)
        _until_held(port)
        servers.wait_until_quiet(pid)
        in_use, held = store.connections_in_use(), _held(port)
    return Section(
        "Waiting MCP calls",
        f"{held} open calls of wait_for_decision; connections that are not idle in "
        "pg_stat_activity.",
        ratios=[Ratio(f"connections in use by {held} waiting calls", in_use, 0, False, "")],
    )


def _until_held(port: int) -> None:
    end = time.monotonic() + _PATIENCE_S
    while _held(port) < WAITS:
        if time.monotonic() > end:
            raise RuntimeError(f"only {_held(port)} of {WAITS} calls wait after {_PATIENCE_S} s")
        time.sleep(0.1)


def _held(port: int) -> int:
    """Waiting calls of all workers, as /metrics counts them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as response:
        text = response.read().decode()
    found = re.search(r'^unstuck_open_streams\{kind="wait"\} (\d+)', text, re.MULTILINE)
    return int(found[1]) if found else 0
