"""Many MCP calls wait at once, and none of them holds a database connection."""

import json
import re
import socket
import urllib.request
import uuid

import pytest
from web_process import until

WAITS = 500
MOST_CONNECTIONS = 2 * 22
"""Two workers, each with twenty for requests, one to listen and one to notify."""
SLOW_S = 75.0
"""What a step may take on a busy machine."""


class Agents:
    """So many agents, each in a call that waits for the answer. One whose time is up calls again,
    as an agent does."""

    def __init__(self, site, key: uuid.UUID) -> None:
        self._site = site
        arguments = {"escalation_id": str(key), "wait_s": 50}
        params = {"name": "wait_for_decision", "arguments": arguments}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
        self._request = (
            "POST /api/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: {site.agent['Authorization']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        self._calls = [self._call() for _ in range(WAITS)]

    def _call(self) -> socket.socket:
        call = socket.create_connection(("127.0.0.1", self._site.desk.port), timeout=SLOW_S)
        call.sendall(self._request)
        return call

    def all_wait(self) -> bool:
        """Whether all of them wait now, as /metrics counts the calls of all workers."""
        for number, call in enumerate(self._calls):
            if is_answered(call):
                assert status(call) == "pending"
                self._calls[number] = self._call()
        with urllib.request.urlopen(self._site.desk.url + "/metrics", timeout=SLOW_S) as response:
            text = response.read().decode()
        found = re.search(r'^unstuck_open_streams\{kind="wait"\} (\d+)', text, re.M)
        return found is not None and int(found[1]) == WAITS

    def hear(self) -> set[str]:
        """What each of them is told in the end."""
        told = set()
        while self._calls:
            if (heard := status(self._calls.pop())) == "pending":
                self._calls.append(self._call())
            else:
                told.add(heard)
        return told

    def close(self) -> None:
        for call in self._calls:
            call.close()


def is_answered(call: socket.socket) -> bool:
    call.setblocking(False)
    try:
        call.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    finally:
        call.settimeout(SLOW_S)
    return True


def status(call: socket.socket) -> str:
    """The status in the answer to a call, which is over then."""
    text = b""
    with call:
        while piece := call.recv(65536):
            text += piece
    found = re.search(rb'"status": ?"(\w+)"', text)
    assert found, text
    return found[1].decode()


@pytest.mark.timeout(400)
def test_five_hundred_mcp_calls_wait_and_hold_no_database_connection(
    site, shop_jobs, at_rest, sql
) -> None:
    key = shop_jobs.ask()
    agents = Agents(site, key)
    try:
        until(agents.all_wait, "all calls wait", SLOW_S)
        # One look could fall between two statements of a call; ten in a row do not.
        until(
            lambda: all(at_rest.busy() == 0 for _ in range(10)) and agents.all_wait(),
            "all wait, and none needs the database",
            SLOW_S,
        )
        connections = "select count(*) from pg_stat_activity where datname = current_database()"
        assert sql(connections)[0][0] <= MOST_CONNECTIONS
        shop_jobs.resolve(key)
        assert agents.hear() == {"answered"}
    finally:
        agents.close()
