"""What options say beside their words: `recommended`, `irreversible`, and what an answer needs."""

import hashlib
import json
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from webapp.extensions import db
from webapp.models import AgentEscalation

REPORT = {
    "project_id": "shop",
    "session_id": "session-1",
    "error_type": "AssertionError",
    "error_message": "expected 3, found 4",
}
OWN = {"value": "drop", "label": "Drop it", "description": "For good.", "irreversible": True}


def fields(answer: object) -> dict[str, str]:
    return {each["field"]: each["message"] for each in answer.json["errors"]}  # type: ignore[attr-defined]


def reported(client: FlaskClient, agent: dict[str, str], **more: object) -> dict[str, object]:
    """The question that comes of reporting the same failure until it must be asked."""
    for _ in range(4):
        verdict = client.post("/api/jobs/build-1/errors", json=REPORT | more, headers=agent).json
    return client.get(f"/api/escalations/{verdict['escalation_id']}", headers=agent).json


def test_a_question_keeps_what_is_recommended_and_what_cannot_be_undone(ask: Ask) -> None:
    asked = ask(options=[OWN, {"value": "keep"}], recommended="keep")
    assert asked["recommended"] == "keep"
    assert asked["options"] == [OWN, {"value": "keep", "label": "keep", "description": ""}]
    assert ask(options=[OWN], recommended=None)["recommended"] is None


@pytest.mark.parametrize("url", ["escalations", "errors"])
def test_a_recommendation_that_is_none_of_the_options_is_refused(
    client: FlaskClient, agent: dict[str, str], url: str
) -> None:
    body = QUESTION | REPORT | {"recommended": "wait"}
    refused = client.post(f"/api/jobs/build-1/{url}", json=body, headers=agent)
    assert refused.status_code == 422
    listed = "is none of the options (provide_credentials, skip_feature)"
    assert fields(refused) == {"recommended": listed}
    bare = {name: value for name, value in body.items() if name != "options"}
    refused = client.post(f"/api/jobs/build-1/{url}", json=bare, headers=agent)
    assert fields(refused) == {"recommended": "is none of the options"}
    # Options that are wrong themselves are told of, and nothing else.
    wrong = body | {"options": [{"value": ""}]}
    refused = client.post(f"/api/jobs/build-1/{url}", json=wrong, headers=agent)
    assert set(fields(refused)) == {"options.0.value"}


def test_a_report_brings_its_recommendation(client: FlaskClient, agent: dict[str, str]) -> None:
    asked = reported(client, agent, options=[OWN, {"value": "keep"}], recommended="keep")
    assert asked["recommended"] == "keep"


def test_agents_are_not_shown_the_notes_on_options(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    asked = reported(client, agent)
    events = client.get("/api/jobs/build-1/events?project_id=shop", headers=agent).json
    payload = [event for event in events if event["type"] == "agent.waiting_for_input"]
    for options in (asked["options"], payload[0]["options"]):
        assert len(options) == 3
        assert all(set(option) == {"value", "label", "description"} for option in options)


def test_a_question_that_was_stored_before_is_the_same_when_it_is_sent_again(
    app: Flask, client: FlaskClient, agent: dict[str, str]
) -> None:
    """So is one whose digest was stored by a version that counted session and state as well."""
    body = QUESTION | {"id": str(uuid.uuid4())}
    assert client.post("/api/jobs/b/escalations", json=body, headers=agent).status_code == 201
    assert client.post("/api/jobs/b/escalations", json=body, headers=agent).status_code == 200
    other = body | {"recommended": "skip_feature"}
    assert client.post("/api/jobs/b/escalations", json=other, headers=agent).status_code == 409
    with app.app_context():
        stored = db.session.get_one(AgentEscalation, uuid.UUID(body["id"]))
        words = ("session_id", "error_type", "error_signature", "plain_english_problem")
        words += ("attempts_summary", "recommended_action", "options", "error_message")
        content = {name: getattr(stored, name) for name in (*words, "agent_state")}
        text = json.dumps(["b", "shop", content], sort_keys=True)
        stored.content_digest = hashlib.sha256(text.encode()).hexdigest()
        db.session.commit()
    assert client.post("/api/jobs/b/escalations", json=body, headers=agent).status_code == 200
    assert client.post("/api/jobs/b/escalations", json=other, headers=agent).status_code == 409


@pytest.mark.parametrize("blank", [" ", "\t\n", "\u2003"])
def test_a_blank_answer_is_refused(
    client: FlaskClient, founder: dict[str, str], ask: Ask, blank: str
) -> None:
    url = f"/api/escalations/{ask(options=[])['id']}/resolve"
    refused = client.post(url, json={"decision": blank}, headers=founder)
    assert refused.status_code == 422
    assert fields(refused) == {"decision": "must not be blank"}
    assert client.post(url, json={"decision": "Yes"}, headers=founder).status_code == 200


def test_advice_without_words_is_refused(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    url = f"/api/escalations/{reported(client, agent)['id']}/resolve"
    for body in ({}, {"guidance": None}, {"guidance": " \n"}):
        refused = client.post(url, json={"decision": "provide_guidance", **body}, headers=founder)
        assert refused.status_code == 422
        assert fields(refused) == {"guidance": "is required with this decision"}
    payload = {"decision": "provide_guidance", "guidance": "Use the old one."}
    assert client.post(url, json=payload, headers=founder).status_code == 200


def test_what_only_the_founder_can_do_becomes_no_rule(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    asked = reported(client, agent, category="never_retry")
    url = f"/api/escalations/{asked['id']}/resolve"
    body = {"decision": "provide_credentials", "remember_days": 30}
    refused = client.post(url, json=body, headers=founder)
    assert refused.status_code == 422
    assert fields(refused) == {"remember_days": "is not possible with this answer"}
    body = {"decision": "skip_feature", "remember_days": 30}
    assert client.post(url, json=body, headers=founder).status_code == 200
