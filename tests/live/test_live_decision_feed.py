"""GET /api/decisions: every decision of the token's projects, in order, each exactly once."""

import base64
import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from stage import Stage, ask
from web_process import until

from tests.api.questions import QUESTION
from webapp.actors import Actor
from webapp.extensions import db
from webapp.queries.decision_feed import Cursor, read

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def feed(client: FlaskClient, headers: dict[str, str], after: str | None = None) -> dict[str, Any]:
    path = "/api/decisions" + (f"?after={after}" if after else "")
    answer = client.get(path, headers=headers, buffered=True)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def asked(client: FlaskClient, headers: dict[str, str], job: str = "build-1") -> str:
    body = QUESTION | {"id": str(uuid.uuid4()), "agent_state": {"step": 1}}
    return str(client.post(f"/api/jobs/{job}/escalations", json=body, headers=headers).json["id"])


def resolve(client: FlaskClient, headers: dict[str, str], key: str) -> None:
    body = {"decision": "skip_feature", "guidance": "Not now."}
    answer = client.post(f"/api/escalations/{key}/resolve", json=body, headers=headers)
    assert answer.status_code == 200


def ids(payload: dict[str, Any]) -> list[str]:
    return [each["escalation_id"] for each in payload["decisions"]]


def test_decisions_come_in_order_and_once(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    keys = [asked(client, agent, f"build-{number}") for number in range(4)]
    resolve(client, founder, keys[0])
    start = feed(client, agent)
    assert start["decisions"] == []  # from now on
    for key in (keys[2], keys[1]):
        resolve(client, founder, key)
    client.post(f"/api/escalations/{keys[3]}/withdraw", headers=agent)
    payload = feed(client, agent, start["cursor"])
    assert ids(payload) == [keys[2], keys[1], keys[3]]
    assert feed(client, agent, payload["cursor"])["decisions"] == []
    # A lost response is asked for again.
    assert ids(feed(client, agent, start["cursor"])) == ids(
        payload
    )  # a lost response is asked again
    first = payload["decisions"][0]
    assert (first["status"], first["decision"]) == ("resolved", "skip_feature")
    assert (first["label"], first["guidance"]) == ("Skip this feature", "Not now.")
    assert (first["project_id"], first["job_id"]) == ("shop", "build-2")
    assert first["agent_state"] == {"step": 1}


def test_others_projects_are_not_told(
    client: FlaskClient,
    agent: dict[str, str],
    other_agent: dict[str, str],
    founder: dict[str, str],
) -> None:
    key = asked(client, agent)
    mine, others = feed(client, agent)["cursor"], feed(client, other_agent)["cursor"]
    resolve(client, founder, key)
    assert feed(client, other_agent, others)["decisions"] == []
    assert feed(client, other_agent, mine)["decisions"] == []
    assert ids(feed(client, agent, mine)) == [key]


def test_a_stranger_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/decisions").status_code == 401


@pytest.mark.parametrize("after", ["nonsense", "e30", "5", Cursor("9:3:").text(), "x" * 9000])
def test_a_cursor_that_is_none_is_named(
    client: FlaskClient, agent: dict[str, str], after: str
) -> None:
    answer = client.get(f"/api/decisions?after={after}", headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["after"]


MADE_UP = [
    json.dumps({"since": "1:1:"} | more)
    for more in (
        {"at": {"a": 1}},
        {"at": 5},
        {"at": 1.5},
        {"at": True},
        {"at": "\0"},
        {"at": "\ud800"},
        {"at": "now"},
        {"at": "2026-W01-1", "id": "00000000-0000-0000-0000-000000000000"},
        {"at": "2026-01-01", "id": 7},
    )
]


@pytest.mark.parametrize("said", [*MADE_UP, "[" * 5500, '{"since":' * 600])
def test_a_cursor_that_somebody_made_up_is_named(
    client: FlaskClient, agent: dict[str, str], said: str
) -> None:
    after = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    answer = client.get(f"/api/decisions?after={after}", headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["after"]


def test_a_cursor_of_a_database_that_is_no_more_is_refused(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    far = Cursor("99999999999:99999999999:").text()
    assert client.get(f"/api/decisions?after={far}", headers=agent).status_code == 422


def test_a_decision_that_commits_after_a_later_one_was_read_is_not_lost(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    slow, quick = asked(client, agent), asked(client, agent, "build-2")
    cursor = feed(client, agent)["cursor"]
    with app.app_context(), db.engine.connect() as late:
        late.execute(db.text("begin"))
        late.execute(
            db.text(
                "update agent_escalations set status = 'skipped', resolved_at = now() "
                "where id = :id"
            ),
            {"id": slow},
        )
        resolve(client, founder, quick)
        payload = feed(client, agent, cursor)
        assert ids(payload) == [quick]
        assert feed(client, agent, payload["cursor"])["decisions"] == []
        late.execute(db.text("commit"))
    assert ids(feed(client, agent, payload["cursor"])) == [slow]


def test_pages_follow_each_other_without_gap_or_repetition(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    keys = [asked(client, agent, f"build-{number}") for number in range(7)]
    with app.app_context():
        cursor = read(db.session(), AGENT, None).cursor
        for key in keys[:5]:
            resolve(client, founder, key)
        seen = []
        for number in range(8):
            page = read(db.session(), AGENT, Cursor.of(cursor.text()), limit=2)
            seen += [str(each.id) for each in page.decisions]
            cursor = page.cursor
            if number == 1:  # in the middle of the pages
                for key in keys[5:]:
                    resolve(client, founder, key)
    assert seen == keys


def test_the_answer_is_delivered_by_it(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    key = asked(client, agent)
    cursor = feed(client, agent)["cursor"]
    resolve(client, founder, key)
    client.head(f"/api/decisions?after={cursor}", headers=agent)
    feed(client, founder, cursor)
    events = "/api/jobs/build-1/events"
    delivered = "agent.decision_delivered"
    assert delivered not in [event["type"] for event in client.get(events, headers=agent).json]
    feed(client, agent, cursor)
    kinds = [event["type"] for event in client.get(events, headers=agent).json]
    assert kinds[-1] == delivered


def test_one_request_waits_for_many_questions_in_any_process(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    keys = [ask(agent, project, f"build-{number}")["id"] for number in range(12)]
    cursor = agent.get("/api/decisions").body["cursor"]
    seen: list[str] = []

    def follow() -> None:
        nonlocal cursor
        while len(seen) < len(keys):
            payload = agent.get(f"/api/decisions?after={cursor}&wait=20").body
            cursor = payload["cursor"]
            seen.extend(each["escalation_id"] for each in payload["decisions"])

    def answer(key: str) -> int:
        return founder.post(f"/api/escalations/{key}/resolve", decision="skip_feature").status

    with ThreadPoolExecutor(7) as pool:
        following = pool.submit(follow)
        assert list(pool.map(answer, keys)) == [200] * len(keys)
        following.result(60)
    assert sorted(seen) == sorted(keys)


def test_neither_a_head_nor_a_client_that_hung_up_marks_an_answer_as_delivered(
    stage: Stage,
) -> None:
    """FIELD: the page said that the answer was delivered, and no agent ever had it."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    key = ask(agent, project)["id"]
    path = f"/api/escalations/{key}/decision"
    gone = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=30)
    gone.request("GET", f"{path}?wait=30", headers={"Authorization": f"Bearer {agent.token}"})
    feed_of = agent.get("/api/decisions").body["cursor"]
    gone.close()
    founder.post(f"/api/escalations/{key}/resolve", decision="skip_feature")
    assert agent.call("HEAD", path).status == 200
    # The answer went out to whoever still waits: a request that follows it is behind all of that.
    assert founder.get(f"/api/decisions?after={feed_of}&wait=20").body["decisions"]
    events = f"/api/jobs/build-1/events?project_id={project}"
    kinds = [event["type"] for event in agent.get(events).body]
    assert "agent.decision_delivered" not in kinds
    assert agent.get(path).body["decision"] == "skip_feature"
    until(
        lambda: "agent.decision_delivered" in [event["type"] for event in agent.get(events).body],
        "the delivery is noted",
    )
