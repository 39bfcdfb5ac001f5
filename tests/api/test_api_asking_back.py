"""Asking back over the API: messages, the wait for the agent's turn, and what is refused."""

import pytest
from flask.testing import FlaskClient
from questions import Ask

from tests.conftest import Cast


def test_founder_and_agent_take_turns(
    client: FlaskClient, ask: Ask, agent: dict[str, str], founder: dict[str, str]
) -> None:
    asked = ask()
    assert (asked["turn"], asked["messages"]) == ("founder", [])
    path = f"/api/escalations/{asked['id']}"
    question = client.post(f"{path}/messages", json={"text": "In test mode?"}, headers=founder)
    assert question.status_code == 201
    assert set(question.json) == {"id", "by", "name", "text", "at"}
    again = client.post(f"{path}/messages", json={"text": "In test mode?"}, headers=founder)
    assert (again.status_code, again.json) == (200, question.json)
    turn = client.get(f"{path}/decision?until=turn&wait=60", headers=agent)
    assert turn.status_code == 200
    assert (turn.json["status"], turn.json["turn"]) == ("pending", "agent")
    assert turn.json["messages"] == [question.json]
    assert turn.json["decision"] is None
    assert client.get(f"{path}/decision", headers=agent).status_code == 204
    reply = client.post(f"{path}/messages", json={"text": "Yes."}, headers=agent)
    assert (reply.status_code, reply.json["by"]) == (201, "agent")
    assert client.get(f"{path}/decision?until=turn", headers=agent).status_code == 204
    read = client.get(path, headers=agent).json
    assert (read["turn"], read["messages"]) == ("founder", [question.json, reply.json])
    assert "ref" not in read["messages"][0]
    client.post(f"{path}/resolve", json={"decision": "skip_feature"}, headers=founder)
    answered = client.get(f"{path}/decision?until=turn", headers=agent).json
    assert (answered["status"], "turn" in answered) == ("resolved", False)
    late = client.post(f"{path}/messages", json={"text": "Really?"}, headers=founder)
    assert late.status_code == 409
    assert late.json["escalation"]["turn"] is None


def test_a_repeated_message_that_names_its_place_is_never_taken_for_a_later_one(
    client: FlaskClient, ask: Ask, agent: dict[str, str], founder: dict[str, str]
) -> None:
    asked = ask()
    path = f"/api/escalations/{asked['id']}"
    question = {"text": "In test mode?", "after": 0}
    reply = {"text": "Yes.", "after": 1}

    def send(body: dict[str, object], by: dict[str, str]) -> tuple[int, int | None]:
        answer = client.post(f"{path}/messages", json=body, headers=by)
        return answer.status_code, answer.json.get("id")

    assert send(question, founder) == (201, 1)
    assert send(reply, agent) == (201, 2)
    assert send(question, founder) == (200, 1)  # the reply came before the repetition
    assert send({"text": "For how long?", "after": 2}, founder) == (201, 3)
    assert send(reply, agent) == (200, 2)
    assert send({"text": "No.", "after": 1}, agent) == (409, None)
    assert send({"text": "No.", "after": 9}, agent) == (409, None)
    client.post(f"{path}/resolve", json={"decision": "skip_feature"}, headers=founder)
    assert send(reply, agent) == (200, 2)
    read = client.get(path, headers=agent).json["messages"]
    assert [each["text"] for each in read] == ["In test mode?", "Yes.", "For how long?"]


def test_out_of_turn_is_409_and_strangers_get_nothing(
    client: FlaskClient, ask: Ask, cast: Cast, agent: dict[str, str], founder: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask()['id']}/messages"
    body = {"text": "Hello?"}
    assert client.post(path, json=body).status_code == 401
    assert client.post(path, json=body, headers=agent).status_code == 409
    assert client.post(path, json=body, headers=cast.token("other")).status_code == 404
    assert client.post(path, json=body, headers=cast.token("shop")).status_code == 403
    unknown = "/api/escalations/no-uuid/messages"
    assert client.post(unknown, json=body, headers=founder).status_code == 404
    client.post(path, json=body, headers=founder)
    assert client.post(path, json={"text": "And?"}, headers=founder).status_code == 409


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}, {"text": "x" * 4001}])
def test_a_message_without_words_or_with_too_many_is_422(
    client: FlaskClient, ask: Ask, founder: dict[str, str], body: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask()['id']}/messages"
    answer = client.post(path, json=body, headers=founder)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == ["text"]


def test_a_wait_for_something_else_is_422(
    client: FlaskClient, ask: Ask, agent: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask()['id']}/decision?until=forever"
    assert client.get(path, headers=agent).status_code == 422


def test_it_is_the_turn_only_of_those_who_may_reply(
    client: FlaskClient, ask: Ask, cast: Cast, agent: dict[str, str], founder: dict[str, str]
) -> None:
    path = f"/api/escalations/{ask()['id']}"
    client.post(f"{path}/messages", json={"text": "In test mode?"}, headers=founder)
    other = cast.token("shop")
    assert client.get(f"{path}/decision?until=turn", headers=agent).status_code == 200
    assert client.get(f"{path}/decision?until=turn", headers=other).status_code == 204


def test_nobody_waits_for_a_reply_once_an_answer_is_given_and_held(
    client: FlaskClient, ask: Ask, agent: dict[str, str], founder: dict[str, str], sql
) -> None:
    """The agent would be told of its turn again and again, and each reply would be refused."""
    path = f"/api/escalations/{ask()['id']}"
    client.post(f"{path}/messages", json={"text": "In test mode?"}, headers=founder)
    sql("update agent_escalations set held_until = now() + interval '1 minute'")
    assert client.get(f"{path}/decision?until=turn", headers=agent).status_code == 204
    late = client.post(f"{path}/messages", json={"text": "Yes."}, headers=agent)
    assert late.status_code == 409
