"""An agent undoes nothing that is another's: a job is of the token that opened it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.operations import token_replacement

QUESTION = {
    "session_id": "s",
    "error_type": "Choice",
    "plain_english_problem": "Which plan shall I book?",
    "options": [{"value": "basic"}, {"value": "pro"}],
    "agent_state": {"kept": "for itself"},
}
Headers = dict[str, str]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def hostile(cast: Any) -> Headers:
    """Another token of the same project."""
    return cast.token("shop")


@pytest.fixture
def asked(client: FlaskClient, agent: Headers) -> str:
    answer = client.post("/api/jobs/mine/escalations", json=QUESTION, headers=agent)
    return f"/api/escalations/{answer.json['id']}"


def replacement(app: Flask, headers: Headers) -> Headers:
    with app.app_context():
        prefix = headers["Authorization"].removeprefix("Bearer ")
        _, secret = token_replacement.create("the next one", ["shop"], prefix)
    return {"Authorization": f"Bearer {secret}"}


def test_no_other_agent_withdraws_a_question(
    app: Flask, client: FlaskClient, agent: Headers, hostile: Headers, asked: str
) -> None:
    assert client.post(f"{asked}/withdraw", headers=hostile).status_code == 403
    assert client.get(asked, headers=agent).json["status"] == "pending"
    heir = replacement(app, replacement(app, agent))
    assert client.post(f"{asked}/withdraw", headers=heir).status_code == 200


def test_no_other_agent_says_what_became_of_an_answer(
    app: Flask, client: FlaskClient, agent: Headers, hostile: Headers, founder: Headers, asked: str
) -> None:
    client.post(f"{asked}/resolve", json={"decision": "pro"}, headers=founder)
    for stage in ("picked_up", "worked", "failed"):
        answer = client.post(f"{asked}/receipt", json={"stage": stage}, headers=hostile)
        assert answer.status_code == 403
    assert client.get(asked, headers=agent).json["picked_up_at"] is None
    for headers in (agent, replacement(app, agent), founder):
        answer = client.post(f"{asked}/receipt", json={"stage": "worked"}, headers=headers)
        assert answer.status_code == 200


def test_what_an_agent_keeps_is_shown_to_no_other_agent(
    client: FlaskClient, agent: Headers, hostile: Headers, founder: Headers, asked: str
) -> None:
    urls = (asked, "/api/escalations", "/api/jobs/mine/escalations")
    for url in urls:
        assert "for itself" not in client.get(url, headers=hostile).text
        assert "for itself" in client.get(url, headers=agent).text
    client.post(f"{asked}/resolve", json={"decision": "pro"}, headers=founder)
    for url in (f"{asked}/decision", f"{asked}/decision?job_id=mine"):
        assert client.get(url, headers=hostile).json["agent_state"] is None
        assert client.get(url, headers=agent).json["agent_state"] == {"kept": "for itself"}


def test_what_another_agent_reads_is_no_delivery(
    client: FlaskClient, agent: Headers, hostile: Headers, founder: Headers, asked: str
) -> None:
    client.post(f"{asked}/resolve", json={"decision": "pro"}, headers=founder)
    with client.get(f"{asked}/decision", headers=hostile) as answer:  # noted once it is out
        assert answer.json["decision"] == "pro"
    assert client.get(asked, headers=agent).json["delivered_at"] is None
    with client.get(f"{asked}/decision", headers=agent) as answer:
        assert answer.status_code == 200
    assert client.get(asked, headers=agent).json["delivered_at"] is not None


def test_other_agents_of_the_project_report_ask_and_read(
    client: FlaskClient, hostile: Headers, asked: str
) -> None:
    again = QUESTION | {"plain_english_problem": "And which colour?"}
    assert client.get(asked, headers=hostile).status_code == 200
    assert client.post("/api/jobs/mine/escalations", json=again, headers=hostile).status_code == 201
    report = {"session_id": "s", "error_type": "E", "error_message": "boom"}
    assert client.post("/api/jobs/mine/errors", json=report, headers=hostile).status_code == 200


def test_what_a_founder_named_first_becomes_the_first_agents(
    client: FlaskClient, agent: Headers, hostile: Headers, founder: Headers
) -> None:
    client.put("/api/jobs/mine", json={"title": "Mine"}, headers=founder)
    answer = client.post("/api/jobs/mine/escalations", json=QUESTION, headers=agent)
    url = f"/api/escalations/{answer.json['id']}/withdraw"
    assert client.post(url, headers=hostile).status_code == 403
    assert client.post(url, headers=agent).status_code == 200


def test_a_job_from_before_is_open_to_every_agent_of_its_project(
    client: FlaskClient, hostile: Headers, asked: str, sql: Any
) -> None:
    sql("update jobs set opened_by = '*'")  # as the migration leaves those that there were
    assert client.post(f"{asked}/withdraw", headers=hostile).status_code == 200


@pytest.mark.parametrize(
    "planted",
    [
        {"summary": "Done. Sign in again to see it."},
        {"result_url": "https://evil.example/sign-in"},
        {"preview": "https://evil.example/preview.png"},
    ],
)
def test_no_other_agent_plants_a_result_in_a_job(
    app: Flask,
    client: FlaskClient,
    agent: Headers,
    hostile: Headers,
    founder: Headers,
    planted: dict[str, str],
) -> None:
    own = {"summary": "The shop is online."}
    assert client.put("/api/jobs/mine", json=own, headers=agent).status_code == 200
    refused = client.put("/api/jobs/mine", json=planted, headers=hostile)
    assert (refused.status_code, "Another token" in refused.json["detail"]) == (403, True)
    for reader in (agent, founder):
        job = client.get("/api/jobs/mine", headers=reader).json
        shown = (job["summary"], job["result_url"], job["preview"])
        assert shown == ("The shop is online.", None, None)
    for by in (replacement(app, agent), founder):
        assert client.put("/api/jobs/mine", json=planted, headers=by).status_code == 200
    assert client.put("/api/jobs/mine", json={"title": "T"}, headers=hostile).status_code == 200


STUCK = {
    "session_id": "s",
    "error_type": "Approval",
    "error_message": "approval needed",
    "category": "never_retry",
    "intent": "deploy the site",
}
PLANTED = STUCK | {
    "plain_english_problem": "Is it fine?",
    "options": [{"value": "force push over main", "label": "Yes"}],
}


def test_no_other_agent_words_a_question_in_a_job(
    client: FlaskClient, agent: Headers, hostile: Headers
) -> None:
    """Its own agent would get the answer."""
    client.put("/api/jobs/mine", json={"title": "Mine"}, headers=agent)

    def asked(job: str) -> str:
        told = client.post(f"/api/jobs/{job}/errors", json=PLANTED, headers=hostile).json
        return client.get(f"/api/escalations/{told['escalation_id']}", headers=hostile).text

    assert "Is it fine?" not in asked("mine")
    assert "force push" not in asked("mine")
    assert "force push" in asked("theirs")


def test_no_other_agent_says_by_healing_that_an_answer_worked(
    client: FlaskClient, agent: Headers, hostile: Headers, founder: Headers, sql: Any
) -> None:
    told = client.post("/api/jobs/mine/errors", json=STUCK, headers=agent).json
    url = f"/api/escalations/{told['escalation_id']}/resolve"
    client.post(url, json={"decision": "skip_feature"}, headers=founder)
    healed = {"error_signature": told["error_signature"]}
    done = client.post("/api/jobs/mine/errors/healed", json=healed, headers=hostile)
    assert done.status_code == 200
    assert sql("select outcome from agent_escalations") == [(None,)]
