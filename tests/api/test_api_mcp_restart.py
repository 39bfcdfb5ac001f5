"""The server restarts, or is killed, while the official MCP client waits in a call."""

import asyncio
import os
import signal
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import own_loop
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Cast
from tests.web_process import START_PATIENCE_S, DeskProcess, desk, until, workers

__all__ = ["desk", "workers"]

KEY = str(uuid.uuid4())
OPTIONS = [{"value": "yes", "label": "Ship it"}, {"value": "no", "label": "Wait"}]
QUESTION = {
    "question": "Do we ship on Friday?",
    "options": OPTIONS,
    "question_id": KEY,
    "wait_s": 50,
}


def restart(desk: DeskProcess) -> None:
    """As an orchestrator does: end it in order, then start it anew."""
    desk.terminate()
    assert desk.process is not None
    desk.process.wait(START_PATIENCE_S)
    desk.start()


def kill(desk: DeskProcess) -> None:
    """Both workers at the same moment; gunicorn starts others."""
    killed = desk.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    until(
        lambda: len(desk.workers()) == len(killed) and not set(desk.workers()) & set(killed),
        "other workers run",
        START_PATIENCE_S,
    )
    until(desk.answers, "they answer", START_PATIENCE_S)


class Talk:
    """A client that waits for an answer while something happens to the server."""

    def __init__(self, desk: DeskProcess, cast: Cast, mode: str) -> None:
        self.desk, self.mode = desk, mode
        self.agent = cast.token() | {"X-Unstuck-Job": "build-1"}
        self.founder = cast.token(scope="founder")
        self.waits: asyncio.Event

    async def run(self, happens: Callable[[DeskProcess], None]) -> dict[str, Any]:
        """What the interrupted call gave, if anything; the statuses before and after the answer;
        and how many questions there are."""
        self.waits = asyncio.Event()
        hooks = {"response": [self._streams]}
        async with (
            httpx2.AsyncClient(headers=self.agent, timeout=60, event_hooks=hooks) as http,
            Client(
                streamable_http_client(f"{self.desk.url}/api/mcp", http_client=http), mode=self.mode
            ) as client,
        ):
            call = asyncio.create_task(self._status(client, "ask_founder", QUESTION))
            await asyncio.wait_for(self.waits.wait(), 60)
            await asyncio.to_thread(happens, self.desk)
            [interrupted] = await asyncio.gather(call, return_exceptions=True)
            again = await self._status(client, "ask_founder", QUESTION | {"wait_s": 0})
            founder = httpx2.AsyncClient(base_url=self.desk.url, headers=self.founder, timeout=60)
            async with founder:
                path = f"/api/escalations/{KEY}/resolve"
                assert (await founder.post(path, json={"decision": "yes"})).status_code == 200
                asked = (await founder.get("/api/escalations")).json()
            waiting = {"escalation_id": KEY, "wait_s": 50}
            answered = await self._status(client, "wait_for_decision", waiting)
        return {
            "interrupted": interrupted if isinstance(interrupted, str) else "an error",
            "again": again,
            "answered": answered,
            "questions": len(asked),
        }

    async def _streams(self, response: httpx2.Response) -> None:
        """The first byte of a stream: the call is held from now on."""
        if response.headers.get("Content-Type", "").startswith("text/event-stream"):
            self.waits.set()

    async def _status(self, client: Client, tool: str, arguments: dict[str, Any]) -> str:
        async def progress(done: float, total: float | None, message: str | None) -> None:
            pass

        result = await client.call_tool(tool, arguments, progress_callback=progress)
        return str((result.structured_content or {})["status"])


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_a_call_that_waits_during_a_restart_is_told_to_wait_on(
    desk: DeskProcess, cast: Cast, mode: str
) -> None:
    talk = Talk(desk, cast, mode)
    assert own_loop.run(lambda: talk.run(restart)) == {
        "interrupted": "pending",
        "again": "pending",
        "answered": "answered",
        "questions": 1,
    }


def test_a_call_whose_worker_is_killed_finds_its_question_again(
    desk: DeskProcess, cast: Cast
) -> None:
    talk = Talk(desk, cast, "auto")
    assert own_loop.run(lambda: talk.run(kill)) == {
        "interrupted": "an error",
        "again": "pending",
        "answered": "answered",
        "questions": 1,
    }
