"""The traps about streams: connections that are held, and events that are missed."""

import http.client
import socket
from contextlib import ExitStack

from sqlalchemy import create_engine, text
from stage import Stage, ask


def test_open_streams_hold_no_database_connections(stage: Stage) -> None:
    """More streams than the pools of both workers hold connections, and the site still answers."""
    streams = 100
    project = stage.project()
    agent = stage.caller(project)
    ask(agent, project)
    with ExitStack() as open_ones:
        for _ in range(streams):
            open_ones.enter_context(_stream(stage, agent.token, project))
        assert agent.get("/api/escalations").status == 200
        assert ask(agent, project)["status"] == "pending"
        engine = create_engine(stage.database_url)
        with engine.connect() as connection:
            query = text("select count(*) from pg_stat_activity where datname = current_database()")
            assert connection.scalar(query) < streams / 2
        engine.dispose()


def _stream(stage: Stage, token: str, project: str) -> socket.socket:
    """An open stream of a job's events, of which the first bytes were read."""
    stream = socket.create_connection(("127.0.0.1", stage.port), timeout=10)
    head = (
        f"GET /api/jobs/build-1/events?project_id={project} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    stream.sendall(head.encode())
    assert b"200 OK" in stream.recv(4096)
    return stream


def test_a_reader_that_was_away_is_sent_what_it_missed(stage: Stage) -> None:
    """FIELD: the stream cannot replay, and an event between reading and connecting is lost."""
    project = stage.project()
    agent = stage.caller(project)
    for _ in range(3):
        ask(agent, project)
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=10)
    headers = {
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {agent.token}",
        "Last-Event-ID": "1",
    }
    connection.request("GET", f"/api/jobs/build-1/events?project_id={project}", headers=headers)
    stream = connection.getresponse()
    seen: list[int] = []
    while len(seen) < 3:
        line = stream.readline().decode()
        if line.startswith("id:"):
            seen.append(int(line.removeprefix("id:")))
        if seen == [2, 3]:
            ask(agent, project)
            seen.append(0)  # the live one comes on top
    while not (line := stream.readline().decode()).startswith("id:"):
        pass
    connection.close()
    assert [*seen[:2], int(line.removeprefix("id:"))] == [2, 3, 4]
