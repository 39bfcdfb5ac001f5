"""POST /api/escalations/{id}/skip"""

import uuid

from flask.testing import FlaskClient

from tests.api.questions import Ask
from tests.conftest import Cast


def test_a_question_is_closed_without_a_decision(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    answer = client.post(f"/api/escalations/{ask()['id']}/skip", headers=founder)
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["founder_decision"]) == ("skipped", None)
    assert answer.json["resolved_by"] == "founder of shop"


def test_guidance_may_go_with_it(client: FlaskClient, founder: dict[str, str], ask: Ask) -> None:
    body = {"guidance": "No longer needed."}
    answer = client.post(f"/api/escalations/{ask()['id']}/skip", json=body, headers=founder)
    assert answer.json["founder_guidance"] == "No longer needed."


def test_an_agent_never_skips(client: FlaskClient, agent: dict[str, str], ask: Ask) -> None:
    assert client.post(f"/api/escalations/{ask()['id']}/skip", headers=agent).status_code == 403


def test_what_is_not_visible_is_not_found(client: FlaskClient, cast: Cast, ask: Ask) -> None:
    outsider = cast.token("other", "founder")
    for key in (ask()["id"], uuid.uuid4(), "seven"):
        assert client.post(f"/api/escalations/{key}/skip", headers=outsider).status_code == 404


def test_what_was_skipped_is_not_skipped_again(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    url = f"/api/escalations/{ask()['id']}/skip"
    first = client.post(url, headers=founder)
    again = client.post(url, headers=founder)
    assert again.status_code == 409
    assert again.json["escalation"] == first.json


def test_a_repetition_with_its_key_gets_the_same_answer(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    headers = founder | {"Idempotency-Key": "click-1"}
    url = f"/api/escalations/{key}/skip"
    assert [client.post(url, headers=headers).status_code for _ in range(2)] == [200, 200]
    body = {"decision": "skip_feature"}
    resolved = client.post(f"/api/escalations/{key}/resolve", json=body, headers=headers)
    assert resolved.status_code == 409


def test_a_body_must_be_right_when_there_is_one(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    url = f"/api/escalations/{ask()['id']}/skip"
    assert client.post(url, json={"guidance": 5}, headers=founder).status_code == 422
    assert client.post(url, data="x", headers=founder).status_code == 415
