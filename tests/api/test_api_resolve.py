"""POST /api/escalations/{id}/resolve"""

import uuid
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.questions import Ask
from tests.conftest import Cast
from webapp.actors import Actor
from webapp.operations import holding
from webapp.operations.answers import Answer

SKIP = {"decision": "skip_feature", "guidance": "We send invoices for now."}


def resolve(client: FlaskClient, key: str, headers: dict[str, str], **body: object) -> TestResponse:
    return client.post(f"/api/escalations/{key}/resolve", json=body, headers=headers)


def test_a_founder_answers(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    answer = resolve(client, key, founder, **SKIP)
    assert answer.status_code == 200
    shown = answer.json
    assert shown["status"] == "resolved"
    assert shown["founder_decision"] == "skip_feature"
    assert shown["founder_guidance"] == "We send invoices for now."
    assert shown["resolved_by"] == "founder of shop"
    assert shown["resolved_at"].endswith("Z")
    assert client.get(f"/api/escalations/{key}", headers=agent).json == shown


def test_an_agent_never_answers(client: FlaskClient, agent: dict[str, str], ask: Ask) -> None:
    key = ask()["id"]
    answer = resolve(client, key, agent, **SKIP)
    assert answer.status_code == 403
    assert "founder" in answer.json["detail"]
    assert client.get(f"/api/escalations/{key}", headers=agent).json["status"] == "pending"


def test_an_outsider_finds_nothing(client: FlaskClient, cast: Cast, ask: Ask) -> None:
    assert resolve(client, ask()["id"], cast.token("other", "founder"), **SKIP).status_code == 404


def test_an_unknown_id_is_not_found(client: FlaskClient, founder: dict[str, str]) -> None:
    for key in (str(uuid.uuid4()), "seven"):
        assert resolve(client, key, founder, **SKIP).status_code == 404


def test_a_second_answer_learns_of_the_first(
    client: FlaskClient, cast: Cast, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    first = resolve(client, key, founder, **SKIP).json
    second = resolve(client, key, cast.token("shop", "founder"), decision="provide_credentials")
    assert second.status_code == 409
    assert second.content_type == "application/problem+json"
    detail = second.json["detail"]
    assert "founder of shop answered this question" in detail
    assert first["resolved_at"] in detail
    assert second.json["escalation"] == first


def test_a_decision_must_be_one_of_the_options(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    answer = resolve(client, key, founder, decision="something else")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "decision"
    assert "skip_feature" in answer.json["detail"]
    assert resolve(client, key, founder, **SKIP).status_code == 200


def test_without_options_any_decision_goes(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    answer = resolve(client, ask(options=[])["id"], founder, decision="Use the other bank.")
    assert answer.json["founder_decision"] == "Use the other bank."


def test_each_of_10_options_can_be_chosen(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    values = [f"option {number} ü" for number in range(10)]
    for value in values:
        key = ask(str(uuid.uuid4()), options=[{"value": each} for each in values])["id"]
        answer = resolve(client, key, founder, decision=value)
        assert answer.json["founder_decision"] == value


def test_a_decision_is_needed(client: FlaskClient, founder: dict[str, str], ask: Ask) -> None:
    key = ask()["id"]
    for body in ({}, {"decision": None}, {"decision": ""}, {"decision": 7}):
        answer = resolve(client, key, founder, **body)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == ["decision"]


def test_a_repetition_with_its_key_gets_the_same_answer(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    headers = founder | {"Idempotency-Key": "click-1"}
    first, again = (resolve(client, key, headers, **SKIP) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json


def test_only_the_same_call_of_the_same_caller_is_a_repetition(
    client: FlaskClient, cast: Cast, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    named = {"Idempotency-Key": "click-1"}
    resolve(client, key, founder | named, **SKIP)
    somebody = cast.token("shop", "founder")
    assert resolve(client, key, founder, **SKIP).status_code == 409
    assert resolve(client, key, somebody | named, **SKIP).status_code == 409
    assert resolve(client, key, founder | {"Idempotency-Key": "2"}, **SKIP).status_code == 409
    other = resolve(client, key, founder | named, decision="provide_credentials")
    assert other.status_code == 409


def test_without_a_key_there_is_no_repetition(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    empty = founder | {"Idempotency-Key": " "}
    assert [resolve(client, key, empty, **SKIP).status_code for _ in range(2)] == [200, 409]


def test_a_key_has_at_most_255_characters(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    answer = resolve(client, key, founder | {"Idempotency-Key": "x" * 256}, **SKIP)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"
    assert resolve(client, key, founder | {"Idempotency-Key": "x" * 255}, **SKIP).status_code == 200


def test_an_answer_may_be_remembered_for_the_same_problem(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    report = {
        "session_id": "s",
        "error_type": "E",
        "error_message": "401 Unauthorized",
        "category": "never_retry",
    }
    first = client.post("/api/jobs/build-1/errors", json=report, headers=agent).json
    answer = resolve(client, first["escalation_id"], founder, **SKIP, remember_days=30)
    assert answer.status_code == 200
    client.post("/api/jobs/build-2/errors", json=report, headers=agent)
    again = client.post("/api/jobs/build-2/errors", json=report, headers=agent).json
    by_rule = client.get(f"/api/escalations/{again['escalation_id']}", headers=agent).json
    assert by_rule["id"] != first["escalation_id"]
    assert (by_rule["status"], by_rule["founder_decision"]) == ("resolved", "skip_feature")
    assert by_rule["resolved_by"].startswith("the standing rule")


def test_an_answer_is_remembered_for_1_to_365_days(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    for days in (0, 366, -1, 1.5, "many", True):
        answer = resolve(client, key, founder, **SKIP, remember_days=days)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == ["remember_days"]


def test_an_answer_that_is_held_on_the_page_is_taken(
    app: Flask, client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    asked = ask()
    anna = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
    with app.app_context():
        holding.hold(uuid.UUID(asked["id"]), Answer("skip_feature"), 60, by=anna)
    answer = resolve(client, asked["id"], founder, **SKIP)
    assert answer.status_code == 409
    assert "Anna answered this question" in answer.json["detail"]
    assert answer.json["escalation"]["status"] == "pending"
    assert answer.json["escalation"]["held_until"]


def test_one_of_8_simultaneous_answers_wins_and_the_others_see_it(
    app: Flask, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    values = [f"choice-{number}" for number in range(8)]
    key = ask(options=[{"value": value} for value in values])["id"]

    def answer(value: str) -> TestResponse:
        return resolve(app.test_client(), key, founder, decision=value)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, values))
    won = [each.json for each in answers if each.status_code == 200]
    lost = [each.json for each in answers if each.status_code == 409]
    assert (len(won), len(lost)) == (1, 7)
    assert all(each["escalation"] == won[0] for each in lost)
    # One event for the question, one for the answer.
    assert app.test_client().get("/api/jobs/build-1", headers=agent).json["last_seq"] == 2


def test_reading_never_answers(client: FlaskClient, founder: dict[str, str], ask: Ask) -> None:
    key = ask()["id"]
    for verb in ("resolve", "skip", "withdraw"):
        answer = client.get(f"/api/escalations/{key}/{verb}?decision=skip_feature", headers=founder)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
    assert client.get(f"/api/escalations/{key}", headers=founder).json["status"] == "pending"
