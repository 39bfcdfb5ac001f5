"""A question that is asked again is the same question, and nobody's answer to it is dropped."""

import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from webapp.actors import Actor
from webapp.operations import holding
from webapp.operations.answers import Answer

URL = "/api/jobs/build-1/escalations"
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})


def post(client: FlaskClient, agent: dict[str, str], **fields: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(URL, json=QUESTION | fields, headers=agent)
    return answer.status_code, dict(answer.json or {})


def test_a_restarted_agent_finds_its_question_with_another_session_and_state(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    """FIELD: a new session under the same id was refused with 409."""
    own = str(uuid.uuid4())
    first = post(client, agent, id=own, agent_state={"step": 1})
    again = post(client, agent, id=own, session_id="session-2", agent_state={"step": 2})
    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1]


def test_the_same_question_without_an_id_is_one_card(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    """FIELD: seven identical questions without an id were seven cards."""
    asked = [post(client, agent, session_id=f"session-{number}") for number in range(7)]
    assert [status for status, _ in asked] == [201] + [200] * 6
    assert all(stored == asked[0][1] for _, stored in asked)
    job = client.get("/api/jobs/build-1", headers=agent).json
    assert (job["counts"]["pending"], job["last_seq"]) == (1, 1)


def test_another_question_another_job_or_an_id_is_another_card(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    asked = [
        ask(),
        ask(plain_english_problem="May I delete the old shop?"),
        ask(job="build-2"),
        ask(id=str(uuid.uuid4())),
    ]
    assert len({one["id"] for one in asked}) == 4


def test_once_it_is_answered_it_can_be_asked_again(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    _, first = post(client, agent)
    body = {"decision": "skip_feature"}
    client.post(f"/api/escalations/{first['id']}/resolve", json=body, headers=founder)
    status, second = post(client, agent)
    assert status == 201
    assert second["id"] != first["id"]


def hold(app: Flask, asked: dict[str, Any]) -> None:
    with app.app_context():
        answer = Answer("skip_feature", "Not this year.")
        holding.hold(uuid.UUID(asked["id"]), answer, 60, by=ANNA)


def test_a_withdrawal_never_drops_an_answer_that_can_still_be_taken_back(
    app: Flask, client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    """FIELD: withdrawing inside the founder's undo window dropped the founder's answer."""
    asked = ask()
    hold(app, asked)
    late = client.post(f"/api/escalations/{asked['id']}/withdraw", headers=agent)
    assert late.status_code == 409
    assert "Anna answered this question" in late.json["detail"]
    with app.app_context():
        holding.undo(uuid.UUID(asked["id"]), by=ANNA)
    taken_back = client.post(f"/api/escalations/{asked['id']}/withdraw", headers=agent)
    assert taken_back.status_code == 200


REPORT = {
    "session_id": "s1",
    "error_type": "Error",
    "error_message": "stripe.error.AuthenticationError: No API key provided.",
}


def test_a_job_that_was_restarted_is_not_another_occurrence(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    url = "/api/jobs/{}/errors"
    verdicts = [
        client.post(url.format(job), json=REPORT | {"session_id": session}, headers=agent).json
        for job, session in (("a", "1"), ("a", "2"), ("b", "1"), ("b", "2"), ("a", "3"))
    ]
    (key,) = {verdict["escalation_id"] for verdict in verdicts}
    assert client.get(f"/api/escalations/{key}", headers=agent).json["occurrences"] == 2


def test_a_receipt_at_once_says_that_the_answer_was_delivered(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    """FIELD: the event was missing when the receipt came before delivery was noted."""
    asked = ask()
    address = f"/api/escalations/{asked['id']}"
    client.post(f"{address}/resolve", json={"decision": "skip_feature"}, headers=founder)
    for stage in ("picked_up", "worked"):
        client.post(f"{address}/receipt", json={"stage": stage}, headers=agent)
    kinds = [event["type"] for event in client.get("/api/jobs/build-1/events", headers=agent).json]
    assert kinds[-3:] == [
        "agent.decision_delivered",
        "agent.decision_picked_up",
        "agent.decision_worked",
    ]
