"""POST /api/escalations/{id}/withdraw"""

import uuid

from flask.testing import FlaskClient

from tests.api.questions import Ask


def test_an_agent_takes_its_question_back(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    url = f"/api/escalations/{ask()['id']}/withdraw"
    answer = client.post(url, json={"reason": "I found the key."}, headers=agent)
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["reason"]) == ("withdrawn", "I found the key.")
    assert answer.json["resolved_at"]


def test_a_reason_is_not_needed(client: FlaskClient, agent: dict[str, str], ask: Ask) -> None:
    answer = client.post(f"/api/escalations/{ask()['id']}/withdraw", headers=agent)
    assert (answer.status_code, answer.json["reason"]) == (200, None)


def test_what_is_not_visible_is_not_found(
    client: FlaskClient, other_agent: dict[str, str], ask: Ask
) -> None:
    for key in (ask()["id"], uuid.uuid4(), "seven"):
        answer = client.post(f"/api/escalations/{key}/withdraw", headers=other_agent)
        assert answer.status_code == 404


def test_an_answered_question_stays_answered(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    client.post(
        f"/api/escalations/{key}/resolve", json={"decision": "skip_feature"}, headers=founder
    )
    answer = client.post(f"/api/escalations/{key}/withdraw", headers=agent)
    assert answer.status_code == 409
    assert answer.json["escalation"]["founder_decision"] == "skip_feature"


def test_a_withdrawn_question_is_not_answered(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    client.post(f"/api/escalations/{key}/withdraw", headers=agent)
    body = {"decision": "skip_feature"}
    answer = client.post(f"/api/escalations/{key}/resolve", json=body, headers=founder)
    assert answer.status_code == 409
    assert "agent of shop withdrew this question" in answer.json["detail"]
    assert answer.json["escalation"]["status"] == "withdrawn"
