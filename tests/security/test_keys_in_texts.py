"""Keys in texts: a person's is refused before it is stored, an agent's is not kept."""

import json
from typing import Any

import pytest
from contents import everything
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from tests.api.questions import QUESTION
from webapp.rules.keys import HIDDEN

SECRET = "4eC39HqLyjWDarjtT1zdp7dc"
KEY = f"sk_live_{SECRET}"
URL = f"postgres://shop:{SECRET}@db.internal/shop"


@pytest.fixture
def asked(client: FlaskClient, agent: dict[str, str]) -> str:
    made = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent)
    return str(made.json["id"])


@pytest.mark.parametrize("verb", ["resolve", "skip"])
def test_a_key_in_a_guidance_is_refused_before_it_is_stored(
    client: FlaskClient, founder: dict[str, str], asked: str, sql, verb: str
) -> None:
    body = {"guidance": f"Use {KEY} for it."}
    body |= {"decision": QUESTION["options"][0]["value"]} if verb == "resolve" else {}
    refused = client.post(f"/api/escalations/{asked}/{verb}", json=body, headers=founder)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["guidance"]
    assert "looks like a secret key" in refused.json["detail"]
    assert SECRET not in refused.text
    assert SECRET not in everything(sql)
    body["guidance"] = "I've put it into the environment of the agent."
    taken = client.post(f"/api/escalations/{asked}/{verb}", json=body, headers=founder)
    assert taken.status_code == 200


def test_a_key_as_a_free_answer_is_refused(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], sql
) -> None:
    free = QUESTION | {"options": []}
    made = client.post("/api/jobs/build-1/escalations", json=free, headers=agent)
    path = f"/api/escalations/{made.json['id']}/resolve"
    refused = client.post(path, json={"decision": KEY}, headers=founder)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["decision"]
    assert SECRET not in everything(sql)


@pytest.mark.parametrize("verb", ["resolve", "skip"])
def test_the_page_says_beside_the_field_that_it_looks_like_a_key(
    app: Flask, anna: FlaskClient, asked: str, sql, verb: str
) -> None:
    page = anna.get(f"/escalations/{asked}").text
    form = {"csrf_token": csrf_token(page), "guidance": f"It is {KEY}"}
    form["decision"] = QUESTION["options"][0]["value"]
    refused = anna.post(f"/escalations/{asked}/{verb}", data=form)
    assert refused.status_code == 422
    assert 'id="guidance-error"' in refused.text
    assert "This looks like a secret key." in refused.text
    assert SECRET not in everything(sql)


REPORT: dict[str, Any] = {
    "project_id": "shop",
    "session_id": "s",
    "error_type": "AuthenticationError",
    "error_message": f"401: the key {KEY} was refused by {URL}",
    "intent": f"charge with {KEY}",
    "approach": f"curl -u {KEY}: https://api.stripe.com",
    "plain_english_problem": f"The payment service refuses {KEY}.",
    "recommended_action": f"Replace {KEY}.",
    "options": [{"value": "ok", "label": f"Not {KEY}", "description": f"Instead of {KEY}"}],
}


def test_no_key_of_a_report_is_kept(client: FlaskClient, agent: dict[str, str], sql) -> None:
    verdict = client.post("/api/jobs/build-1/errors", json=REPORT, headers=agent)
    assert verdict.json["verdict"] == "escalate"
    again = client.post("/api/jobs/build-2/errors", json=REPORT, headers=agent)
    assert again.json["escalation_id"] == verdict.json["escalation_id"]
    assert SECRET not in verdict.text + again.text
    stored = client.get(f"/api/escalations/{verdict.json['escalation_id']}", headers=agent)
    assert SECRET not in stored.text
    assert HIDDEN in stored.json["error_message"]
    assert SECRET not in everything(sql)


def test_no_key_of_a_question_receipt_or_withdrawal_is_kept(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], sql
) -> None:
    texts = {name: REPORT[name] for name in ("error_message", "plain_english_problem", "options")}
    question = QUESTION | texts | {"attempts_summary": [REPORT["approach"]]}
    keys = []
    for intent in ("first", "second"):
        asked = question | {"plain_english_problem": f"The {intent} service refuses {KEY}."}
        made = client.post("/api/jobs/build-1/escalations", json=asked, headers=agent)
        assert made.status_code == 201
        keys.append(made.json["id"])
    resolved = {"decision": "ok"}
    client.post(f"/api/escalations/{keys[0]}/resolve", json=resolved, headers=founder)
    receipt = {"stage": "failed", "note": f"still refused: {KEY}"}
    response = client.post(f"/api/escalations/{keys[0]}/receipt", json=receipt, headers=agent)
    assert HIDDEN in response.json["outcome_note"]
    reason = {"reason": f"found {KEY} myself"}
    gone = client.post(f"/api/escalations/{keys[1]}/withdraw", json=reason, headers=agent)
    assert HIDDEN in gone.json["reason"]
    assert SECRET not in everything(sql)


def test_a_question_that_is_sent_twice_is_the_same_one(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    question = QUESTION | {"id": "1b4e28ba-2fa1-4d1d-883f-0016d3cca427", "error_message": KEY}
    answers = [
        client.post("/api/jobs/build-1/escalations", json=question, headers=agent).status_code
        for _ in range(2)
    ]
    assert answers == [201, 200]


def test_an_agent_gets_its_own_state_back_as_it_was(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    state = {"where": URL}
    made = client.post(
        "/api/jobs/build-1/escalations", json=QUESTION | {"agent_state": state}, headers=agent
    )
    assert made.json["agent_state"] == state


def test_the_examples_of_the_api_invite_no_key(client: FlaskClient) -> None:
    document = json.dumps(client.get("/api/openapi.json").json).lower()
    for words in ("send you a key", "send it to me", "send me the key", "paste the key"):
        assert words not in document


def test_no_key_of_a_title_is_kept(client: FlaskClient, agent: dict[str, str], sql) -> None:
    for title in (f"Charge with {KEY}", f"Charge again with {KEY}"):  # a new job, a known one
        response = client.put("/api/jobs/build-1", json={"title": title}, headers=agent)
        assert response.status_code == 200
        assert HIDDEN in response.json["title"]
    assert SECRET not in everything(sql)
