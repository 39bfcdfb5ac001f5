"""The official MCP client against the real server, in each way in which it can connect."""

import tomllib
from typing import Any

import httpx2
import own_loop
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Cast
from tests.web_process import ROOT, DeskProcess, desk, workers

with (ROOT / "pyproject.toml").open("rb") as file:
    VERSION = tomllib.load(file)["project"]["version"]
__all__ = ["desk", "workers"]


async def _talk(url: str, headers: dict[str, str], mode: str) -> dict[str, Any]:
    signs: list[float] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        assert (total, message) == (0.5, "Waiting for the founder's answer.")
        signs.append(done)

    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{url}/api/mcp", http_client=http), mode=mode) as client,
    ):
        version = client.server_info and client.server_info.version
        listed = await client.list_tools()
        question = {"question": "Do we ship on Friday?", "wait_s": 0.5}
        asked = await client.call_tool("ask_founder", question, progress_callback=progress)
        refused = await client.call_tool("report_failure", {"error": "it broke"})
    return {
        "version": version,
        "tools": len(listed.tools),
        "asked": (asked.is_error, (asked.structured_content or {})["status"]),
        "refused": (refused.is_error, "what_failed is missing" in refused.content[0].text),
        "signs": len(signs),
    }


@pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])
def test_the_official_client_lists_asks_and_is_told_what_to_correct(
    desk: DeskProcess, cast: Cast, mode: str
) -> None:
    headers = cast.token() | {"X-Unstuck-Job": "build-1"}
    found = own_loop.run(lambda: _talk(desk.url, headers, mode))
    assert found == {
        # A client that is told the era beforehand asks the server nothing about itself.
        "version": None if mode == "2026-07-28" else VERSION,
        "tools": 4,
        "asked": (False, "pending"),
        "refused": (True, True),
        "signs": 1,
    }
