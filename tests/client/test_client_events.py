"""`unstuck.events`: what happens in a job, once and in order, also over lost connections."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import own_loop
import pytest
from stage import Stage
from unstuck import Refused, StillPending, Unstuck


def wire(seq: int) -> bytes:
    """An event as it is sent."""
    return f"id: {seq}\nevent: agent.fake\ndata: {json.dumps({'seq': seq})}\n\n".encode()


SENT = (
    b"retry: 1000\n\n" + wire(1) + b": still here\n\n" + wire(2) + wire(3)[:-1],  # cut in two
    b"",
    wire(2) + wire(3) + b'id: 4\ndata: {"se',
    wire(4) + wire(5),
)
"""What comes over one connection after the other."""


@pytest.fixture
def cut() -> Iterator[tuple[Unstuck, list[Any]]]:
    """A client of a server that cuts the connection again and again, and after what it was asked
    each time."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Last-Event-ID"])
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(SENT[min(len(asked), len(SENT)) - 1])

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield Unstuck(url, "a token", project="shop", job="build-1"), asked
    server.shutdown()
    server.server_close()


def test_nothing_is_lost_or_doubled_over_lost_connections(cut: tuple[Unstuck, list[Any]]) -> None:
    client, asked = cut
    events = client.events()
    assert [next(events)["seq"] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert asked == ["0", "2", "2", "3"]


def test_the_async_twin_hears_the_same(cut: tuple[Unstuck, list[Any]]) -> None:
    async def follow() -> list[int]:
        heard: list[int] = []
        async for event in cut[0].events_async(after=1):
            heard.append(event["seq"])
            if len(heard) == 4:
                break
        return heard

    assert own_loop.run(follow) == [2, 3, 4, 5]


def test_a_job_is_followed_live_from_where_one_was(stage: Stage) -> None:
    project = stage.project()
    client = Unstuck(stage.url, stage.caller(project).token, project=project, job="build-1")
    with pytest.raises(Refused) as refused:
        next(client.events())
    assert refused.value.status == 404
    handle = client.ask("Which plan?", ["basic", "pro"], wait=False)
    events = client.events()
    first = next(events)
    while first["type"] != "agent.waiting_for_input":
        first = next(events)
    assert first["escalation_id"] == handle.id
    founder = stage.caller(project, "founder")
    path = f"/api/escalations/{handle.id}/resolve"
    assert founder.post(path, decision="pro").status == 200
    then = next(events)
    while then["type"] != "agent.escalation_resolved":
        then = next(events)
    assert then["resolution"] == "pro"
    assert next(client.events(after=then["seq"] - 1)) == then
    with pytest.raises(StillPending):
        for _ in client.events(after=client.last_seq(), timeout=0.2):
            pass  # such as the delivery of the answer, which is noted while one reads
