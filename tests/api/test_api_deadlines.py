"""A question with a deadline: asked, read, waited for, extended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from questions import QUESTION, Ask

from tests.conftest import Cast
from webapp.operations import deadlines

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
AT = "2026-03-03T18:00:00.000Z"
DEADLINE = {"at": AT, "then": "skip_feature"}


@pytest.fixture(autouse=True)
def traveller(app: Flask, agent: dict[str, str], founder: dict[str, str]) -> Any:
    with time_machine.travel(START, tick=False) as travels:
        yield travels


def at_the_deadline(app: Flask, traveller: Any) -> None:
    traveller.move_to(START + timedelta(hours=6))
    with app.app_context():
        deadlines.expire_due()  # or the timer, if a test before it has started one


def test_a_question_says_its_deadline_and_what_holds_then(
    client: FlaskClient, ask: Ask, agent: dict[str, str]
) -> None:
    asked = ask(deadline=DEADLINE)
    assert asked["deadline"] == DEADLINE
    assert client.get(f"/api/escalations/{asked['id']}", headers=agent).json["deadline"] == DEADLINE
    assert ask(plain_english_problem="Another?")["deadline"] is None
    events = client.get("/api/jobs/build-1/events", headers=agent).json
    assert [event["deadline"] for event in events] == [DEADLINE, None]


def test_the_list_the_wait_the_feed_and_the_log_tell_the_same_story(
    app: Flask,
    client: FlaskClient,
    ask: Ask,
    agent: dict[str, str],
    founder: dict[str, str],
    traveller: Any,
) -> None:
    cursor = client.get("/api/decisions", headers=agent).json["cursor"]
    asked = ask(deadline=DEADLINE, agent_state={"task": 1})
    path = f"/api/escalations/{asked['id']}"
    at_the_deadline(app, traveller)
    decision = client.get(f"{path}/decision", headers=agent).json
    assert decision == {
        "status": "expired",
        "decision": "skip_feature",
        "label": "Skip this feature",
        "digest": asked["digest"],
        "guidance": None,
        "answers": None,
        "resolved_at": AT,
        "decided_by": "deadline",
        "agent_state": {"task": 1},
    }
    (listed,) = client.get("/api/escalations?status=expired", headers=agent).json
    read = client.get(path, headers=agent).json
    for said in (listed, read):
        assert (said["status"], said["founder_decision"], said["decided_by"]) == (
            "expired",
            "skip_feature",
            "deadline",
        )
        assert (said["resolved_by"], said["resolved_at"]) == ("deadline", AT)
    (entry,) = client.get(f"/api/decisions?after={cursor}", headers=agent).json["decisions"]
    assert (entry["status"], entry["decision"], entry["decided_by"]) == (
        "expired",
        "skip_feature",
        "deadline",
    )
    event = client.get("/api/jobs/build-1/events?after=1", headers=agent).json[0]
    assert (event["type"], event["resolution"], event["resolved_by"]) == (
        "agent.escalation_expired",
        "skip_feature",
        "deadline",
    )
    answer = client.post(f"{path}/resolve", json={"decision": "skip_feature"}, headers=founder)
    assert answer.status_code == 409
    assert "deadline" in answer.json["detail"]
    assert answer.json["escalation"]["status"] == "expired"


def test_an_answer_says_that_a_person_decided(
    client: FlaskClient, ask: Ask, agent: dict[str, str], founder: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask(deadline=DEADLINE)['id']}"
    answered = client.post(f"{path}/resolve", json={"decision": "skip_feature"}, headers=founder)
    assert answered.json["decided_by"] == "person"
    assert client.get(f"{path}/decision", headers=agent).json["decided_by"] == "person"


@pytest.mark.parametrize(
    ("deadline", "field"),
    [
        ({"at": "2026-03-03T12:00:00Z"}, "deadline.at"),
        ({"at": "2026-03-03T11:59:59Z"}, "deadline.at"),
        ({"at": "2028-03-03T12:00:00Z"}, "deadline.at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "deadline.at"),
        ({"at": "2026-03-03T18:00:00"}, "deadline.at"),
        ({"at": "at six"}, "deadline.at"),
        ({"then": "skip_feature"}, "deadline.at"),
        ({"at": AT, "then": "nothing"}, "deadline.then"),
        ({"at": AT, "then": "drop_table"}, "deadline.then"),
    ],
)
@pytest.mark.parametrize("way", ["escalations", "errors"])
def test_a_deadline_that_cannot_be_kept_is_named(
    client: FlaskClient, agent: dict[str, str], deadline: dict[str, str], field: str, way: str
) -> None:
    options = [*QUESTION["options"], {"value": "drop_table", "irreversible": True}]
    body = QUESTION | {"options": options, "deadline": deadline, "error_message": "boom"}
    answer = client.post(f"/api/jobs/build-1/{way}", json=body, headers=agent)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [field]


def test_a_report_that_becomes_a_question_takes_its_deadline_along(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    report = {"session_id": "s", "error_type": "E", "error_message": "x", "category": "never_retry"}
    body = report | {"deadline": DEADLINE}
    verdict = client.post("/api/jobs/build-1/errors", json=body, headers=agent).json
    path = f"/api/escalations/{verdict['escalation_id']}"
    assert client.get(path, headers=agent).json["deadline"] == DEADLINE


def test_founders_extend_it_and_agents_do_not(
    client: FlaskClient, ask: Ask, cast: Cast, agent: dict[str, str], founder: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask(deadline=DEADLINE)['id']}/extend"
    later = {"deadline": "2026-03-03T19:00:00.000Z"}
    assert client.post(path, json=later).status_code == 401
    assert client.post(path, json=later, headers=agent).status_code == 403
    foreign = cast.token("other", "founder")
    assert client.post(path, json=later, headers=foreign).status_code == 404
    for _ in range(2):
        answer = client.post(path, json=later, headers=founder)
        assert (answer.status_code, answer.json["deadline"]["at"]) == (200, later["deadline"])
    for wrong in ({}, {"deadline": AT}, {"deadline": "soon"}, {"deadline": "2028-01-01T00:00:00Z"}):
        refused = client.post(path, json=wrong, headers=founder)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] == "deadline"
    assert client.post(path, json={"deadline": None}, headers=founder).json["deadline"] is None
    assert client.post(path, json=later, headers=founder).status_code == 409
