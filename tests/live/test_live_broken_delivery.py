"""The database breaks at the very moment when a delivery is noted: it is noted later, and once."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_process import until

Headers = dict[str, str]
BLOCKED = """
    select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like 'UPDATE%'
"""


def wait(client: FlaskClient, key: UUID, agent: Headers, _cursor: str) -> None:
    answer = client.get(f"/api/escalations/{key}/decision?wait=30", headers=agent)
    assert answer.json["decision"] == "use_a"
    answer.close()


def follow(client: FlaskClient, _key: UUID, agent: Headers, _cursor: str) -> None:
    headers = agent | {"Accept": "text/event-stream"}
    stream = client.get("/api/jobs/build-1/events", headers=headers)
    chunks, came = stream.iter_encoded(), ""
    # This reader stays: an answer counts as delivered when the stream goes on after it.
    while "event: agent.decision_delivered" not in came:
        came += next(chunks).decode()
    assert "event: agent.escalation_resolved" in came
    stream.close()


def feed(client: FlaskClient, _key: UUID, agent: Headers, cursor: str) -> None:
    answer = client.get(f"/api/decisions?after={cursor}&wait=30", headers=agent)
    assert [each["decision"] for each in answer.json["decisions"]] == ["use_a"]
    answer.close()


@pytest.fixture
def lock(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection that holds back whoever notes a delivery, and ends their connections."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        yield connection


@pytest.mark.parametrize("deliver", [wait, follow, feed])
def test_a_delivery_is_noted_once_although_the_database_breaks_twice_as_it_is_noted(
    app: Flask,
    agent: Headers,
    shop_jobs: Any,
    sql: Callable[..., list[Any]],
    lock: psycopg.Connection,
    deliver: Callable[[FlaskClient, UUID, Headers, str], None],
) -> None:
    client = app.test_client()
    cursor = client.get("/api/decisions", headers=agent).json["cursor"]
    body = {"session_id": "s", "error_type": "E", "plain_english_problem": "A or B?"}
    options = {"options": [{"value": "use_a"}, {"value": "use_b"}]}
    asked = client.post("/api/jobs/build-1/escalations", json=body | options, headers=agent)
    key = UUID(asked.json["id"])
    shop_jobs.resolve(key)
    lock.execute("select from agent_escalations where id = %s for no key update", [key])
    failed: list[BaseException] = []

    def run() -> None:
        try:
            deliver(app.test_client(), key, agent, cursor)
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=run)
    reader.start()
    broken: set[int] = set()
    for times in (1, 2):

        def breaks(times: int = times) -> bool:
            for (pid,) in sql(BLOCKED):
                sql("select pg_terminate_backend(:pid)", pid=pid)
                broken.add(pid)
            return len(broken) >= times

        until(breaks, f"noting the delivery breaks for the {times}. time", 60)
    assert sql("select delivered_at from agent_escalations") == [(None,)]
    lock.rollback()
    reader.join(60)
    assert not reader.is_alive()
    assert not failed
    until(
        lambda: sql("select count(delivered_at) from agent_escalations") == [(1,)],
        "the delivery is noted",
        60,
    )
    events = client.get("/api/jobs/build-1/events", headers=agent).json
    assert [each["type"] for each in events].count("agent.decision_delivered") == 1
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
