"""GET /api/jobs/{job_id}/events: the wire, where to begin, and who may listen."""

import json

import pytest
from flask.testing import FlaskClient
from sse import EVENT_STREAM

from webapp import live


@pytest.fixture
def client(app) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def three(shop_jobs) -> None:
    """A job with three events."""
    for title in ("one", "two", "three"):
        shop_jobs.tell("build-1", title)


def stream(client: FlaskClient, headers: dict[str, str], query: str = ""):
    """The answer of a stream and its chunks as they come, without a server in between."""
    answer = client.get(f"/api/jobs/build-1/events{query}", headers=headers | EVENT_STREAM)
    return answer, answer.iter_encoded()


def take(chunks, count: int) -> str:
    """The text up to and with the last of so many events."""
    text = ""
    while text.count("\ndata: ") < count:
        text += next(chunks).decode()
    return text


def test_the_wire_is_what_the_contract_says(client, agent, three):
    answer, chunks = stream(client, agent)
    with answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"
        retry = next(chunks).decode()
        assert retry.startswith("retry: ")
        assert 1000 <= int(retry.removeprefix("retry: ")) <= 3000
        blocks = take(chunks, 3).removesuffix("\n\n").split("\n\n")
    assert len(blocks) == 3
    for seq, block in enumerate(blocks, 1):
        number, kind, data = block.split("\n")
        assert number == f"id: {seq}"
        assert kind == "event: agent.job_changed"
        event = json.loads(data.removeprefix("data: "))
        assert list(event)[:5] == ["type", "project_id", "job_id", "seq", "at"]
        assert event["type"] == "agent.job_changed"
        assert (event["project_id"], event["job_id"], event["seq"]) == ("shop", "build-1", seq)
        assert event["at"].endswith("Z")


def test_text_with_line_ends_of_every_kind_stays_one_event(client, agent, three, shop_jobs):
    text = "a\nb\rc\r\nd\u2028e\x85f <script>\U0001f600 \u202eabc\n\nid: 99\n\n"
    shop_jobs.write("build-1", note=text)
    answer, chunks = stream(client, agent | {"Last-Event-ID": "3"})
    with answer:
        lines = take(chunks, 1).split("\n")
    [data] = [line for line in lines if line.startswith("data: ")]
    assert json.loads(data.removeprefix("data: "))["note"] == text
    assert lines.count("id: 4") == 1


def test_live_events_follow_those_of_the_log_without_a_server_s_socket(
    client, agent, three, shop_jobs
):
    answer, chunks = stream(client, agent)
    with answer:
        take(chunks, 3)
        shop_jobs.tell("build-1", "four")
        assert "id: 4\n" in take(chunks, 1)
        shop_jobs.tell("build-1", "five")
        assert "id: 5\n" in take(chunks, 1)


@pytest.mark.parametrize("where", ["header", "query", "both"])
def test_a_reader_that_comes_back_gets_what_it_missed(client, agent, three, where):
    last = {} if where == "query" else {"Last-Event-ID": "1"}
    query = {"header": "", "query": "?after=1", "both": "?after=0"}[where]
    answer, chunks = stream(client, agent | last, query)
    with answer:
        text = take(chunks, 2)
    assert "id: 1\n" not in text
    assert text.index("id: 2\n") < text.index("id: 3\n")


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "9" * 30, "٣", "1e3", "4"])
def test_a_position_that_cannot_be_is_refused_with_a_sentence(client, agent, three, value):
    answer, _ = stream(client, agent, f"?after={value}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert "after=" in answer.json["detail"]


def test_without_the_header_it_is_a_list(client, agent, three):
    answer = client.get("/api/jobs/build-1/events", headers=agent)
    assert [event["seq"] for event in answer.json] == [1, 2, 3]
    assert "Accept" in answer.headers["Vary"]
    page = client.get("/api/jobs/build-1/events?after=1&limit=1", headers=agent)
    assert [event["seq"] for event in page.json] == [2]
    assert client.get("/api/jobs/build-1/events?after=99", headers=agent).json == []


@pytest.mark.parametrize("limit", ["0", "501", "x", "1.5", ""])
def test_a_limit_that_cannot_be_is_refused(client, agent, three, limit):
    answer = client.get(f"/api/jobs/build-1/events?limit={limit}", headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "limit"


def test_an_unknown_job_and_one_of_another_project_are_the_same_404(
    client, agent, other_agent, three
):
    for headers, job in ((agent, "nobody"), (other_agent, "build-1")):
        for accept in ({}, EVENT_STREAM):
            answer = client.get(f"/api/jobs/{job}/events", headers=headers | accept)
            assert answer.status_code == 404
            assert answer.mimetype == "application/problem+json"
            assert answer.json["detail"].startswith("Job not found")


def test_without_a_token_nobody_listens(client, three):
    answer = client.get("/api/jobs/build-1/events", headers=EVENT_STREAM)
    assert answer.status_code == 401


def test_a_job_of_the_same_name_in_two_projects_needs_the_project(client, cast, three, shop_jobs):
    shop_jobs.tell("build-1", "one", "other")
    everywhere = cast.token("*")
    assert stream(client, everywhere)[0].status_code == 409
    answer, chunks = stream(client, everywhere, "?project_id=other")
    with answer:
        assert '"project_id": "other"' in take(chunks, 1)


def test_the_end_of_the_service_ends_the_streams(client, agent, three, app):
    answer, chunks = stream(client, agent)
    with answer:
        take(chunks, 3)
        live.stop(app)
        assert list(chunks) == []


def test_an_answer_that_an_agent_reads_in_its_stream_is_delivered_once(
    client, agent, founder, shop_jobs, sql
):
    key = shop_jobs.ask()
    looking_on, chunks_of_founder = stream(client, founder)
    with looking_on:
        take(chunks_of_founder, 1)
        shop_jobs.resolve(key)
        take(chunks_of_founder, 1)
    assert sql("select delivered_at from agent_escalations") == [(None,)]
    reading, chunks = stream(client, agent)
    again, more_chunks = stream(client, agent)
    with reading, again:
        assert "agent.decision_delivered" in take(chunks, 3)
        assert "agent.decision_delivered" in take(more_chunks, 3)
    assert [row.kind for row in sql("select kind from job_events order by seq")][-2:] == [
        "agent.escalation_resolved",
        "agent.decision_delivered",
    ]


def test_a_live_answer_is_delivered_by_the_stream_too(client, agent, shop_jobs):
    key = shop_jobs.ask()
    reading, chunks = stream(client, agent)
    with reading:
        take(chunks, 1)
        shop_jobs.resolve(key)
        text = take(chunks, 2)
    assert text.index("agent.escalation_resolved") < text.index("agent.decision_delivered")
