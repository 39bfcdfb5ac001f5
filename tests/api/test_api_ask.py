"""POST /api/jobs/{job_id}/escalations"""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from tests.conftest import Cast

URL = "/api/jobs/build-1/escalations"

FIELDS_OF_THE_CONTRACT = {
    "id",
    "session_id",
    "job_id",
    "project_id",
    "error_type",
    "error_signature",
    "plain_english_problem",
    "attempts_summary",
    "recommended_action",
    "options",
    "status",
    "founder_decision",
    "founder_guidance",
    "created_at",
    "resolved_at",
}


def test_a_question_is_opened(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.post(URL, json=QUESTION, headers=agent)
    assert answer.status_code == 201
    shown = answer.json
    assert answer.headers["Location"] == f"/api/escalations/{shown['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert shown.keys() >= FIELDS_OF_THE_CONTRACT
    assert (shown["status"], shown["project_id"], shown["job_id"]) == ("pending", "shop", "build-1")
    assert shown["created_at"].endswith("Z")
    assert shown.pop("reach")  # only the response to the creation says it
    assert client.get(answer.headers["Location"], headers=agent).json == shown


def test_texts_that_are_left_out_have_a_meaning(client: FlaskClient, agent: dict[str, str]) -> None:
    bare = {
        "session_id": "s",
        "error_type": "E",
        "plain_english_problem": "What now?",
        "options": [{"value": "wait"}],
        "recommended_action": None,
        "attempts_summary": None,
        "agent_state": None,
    }
    shown = client.post(URL, json=bare, headers=agent).json
    assert shown["options"] == [{"value": "wait", "label": "wait", "description": ""}]
    assert (shown["recommended_action"], shown["attempts_summary"]) == ("", [])
    assert shown["error_signature"].startswith("shop:E:v1-")


def test_a_signature_of_the_agent_stands(ask: Ask) -> None:
    assert ask(error_signature="my own")["error_signature"] == "my own"


def test_the_raw_message_makes_the_signature_when_it_is_there(ask: Ask) -> None:
    one = ask(error_message="KeyError: 'STRIPE_KEY'", plain_english_problem="One wording.")
    other = ask(error_message="KeyError: 'STRIPE_KEY'", plain_english_problem="Another wording.")
    assert one["error_signature"] == other["error_signature"]


def test_text_that_reads_like_a_trace_is_stored_with_a_warning(ask: Ask) -> None:
    shown = ask(plain_english_problem="Traceback (most recent call last): SyntaxError, line 47")
    assert any("plain_english_problem" in warning for warning in shown["warnings"])


def test_fields_that_nobody_knows_are_ignored(ask: Ask) -> None:
    assert "mood" not in ask(mood="hopeful")


@pytest.mark.parametrize("count", range(11))
def test_a_question_may_have_0_to_10_options(ask: Ask, count: int) -> None:
    options = [{"value": f"option {number}"} for number in range(count)]
    assert [option["value"] for option in ask(options=options)["options"]] == [
        option["value"] for option in options
    ]


def test_more_than_10_options_are_refused(client: FlaskClient, agent: dict[str, str]) -> None:
    options = [{"value": str(number)} for number in range(11)]
    answer = client.post(URL, json=QUESTION | {"options": options}, headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"field": "options", "message": "has too many entries: use at most 10"}
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"session_id": ""}, "session_id"),
        ({"session_id": "x" * 256}, "session_id"),
        ({"session_id": 5}, "session_id"),
        ({"error_type": None}, "error_type"),
        ({"plain_english_problem": ""}, "plain_english_problem"),
        ({"plain_english_problem": "x" * 102_401}, "plain_english_problem"),
        ({"attempts_summary": "one"}, "attempts_summary"),
        ({"attempts_summary": ["one", 2]}, "attempts_summary.1"),
        ({"options": [{"value": "a"}, {"label": "no value"}]}, "options.1.value"),
        ({"options": [{"value": ""}]}, "options.0.value"),
        ({"options": [{"value": "a"}, {"value": "a"}]}, "options"),
        ({"options": {"value": "a"}}, "options"),
        ({"options": ["a"]}, "options.0"),
        ({"id": "seven"}, "id"),
        ({"error_signature": "x" * 801}, "error_signature"),
        ({"agent_state": "text"}, "agent_state"),
        ({"agent_state": {"log": "x" * 65_536}}, "agent_state"),
        ({"project_id": ""}, "project_id"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, agent: dict[str, str], wrong: dict[str, object], field: str
) -> None:
    answer = client.post(URL, json=QUESTION | wrong, headers=agent)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert field in answer.json["detail"]
    assert client.get(URL, headers=agent).json == []


@pytest.mark.parametrize("name", ["session_id", "error_type", "plain_english_problem"])
def test_what_is_missing_is_named(client: FlaskClient, agent: dict[str, str], name: str) -> None:
    body = {field: value for field, value in QUESTION.items() if field != name}
    answer = client.post(URL, json=body, headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": name, "message": "is missing: add it"}]


def test_the_same_question_again_is_the_stored_one(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    body = QUESTION | {"id": str(uuid.uuid4())}
    first = client.post(URL, json=body, headers=agent)
    again = client.post(URL, json=body, headers=agent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.headers["Location"] == again.headers["Location"]


def test_another_question_under_the_same_id_is_a_conflict(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    body = QUESTION | {"id": str(uuid.uuid4())}
    client.post(URL, json=body, headers=agent)
    answer = client.post(URL, json=body | {"error_type": "Other"}, headers=agent)
    assert answer.status_code == 409
    assert "new UUID" in answer.json["detail"]


def test_an_id_of_another_project_is_a_conflict_that_shows_nothing(
    client: FlaskClient, agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    taken = ask()["id"]
    answer = client.post(URL, json=QUESTION | {"id": taken}, headers=other_agent)
    assert answer.status_code == 409
    assert "key for the payment" not in answer.text


def test_one_of_8_simultaneous_creations_under_one_id_wins(
    app: Flask, agent: dict[str, str]
) -> None:
    key = str(uuid.uuid4())

    def create(number: int) -> int:
        body = QUESTION | {"id": key, "plain_english_problem": f"I need {number} keys."}
        return app.test_client().post(URL, json=body, headers=agent).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(8))) == [201, *[409] * 7]
    assert len(app.test_client().get(URL, headers=agent).json) == 1


def test_the_project_may_stand_in_the_address(
    client: FlaskClient, wide_agent: dict[str, str]
) -> None:
    answer = client.post(f"{URL}?project_id=other", json=QUESTION, headers=wide_agent)
    assert answer.json["project_id"] == "other"


def test_two_different_projects_in_one_call_are_refused(
    client: FlaskClient, wide_agent: dict[str, str]
) -> None:
    body = QUESTION | {"project_id": "shop"}
    answer = client.post(f"{URL}?project_id=other", json=body, headers=wide_agent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "project_id"


def test_without_a_project_the_one_job_of_that_id_is_meant(
    client: FlaskClient, wide_agent: dict[str, str], ask: Ask
) -> None:
    ask("build-1")
    assert client.post(URL, json=QUESTION, headers=wide_agent).json["project_id"] == "shop"


def test_several_jobs_of_one_id_need_a_project(
    client: FlaskClient, wide_agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    ask("build-1")
    client.post(URL, json=QUESTION, headers=other_agent)
    answer = client.post(URL, json=QUESTION, headers=wide_agent)
    assert answer.status_code == 409
    assert "?project_id=" in answer.json["detail"]


def test_a_project_of_somebody_else_is_not_found(
    client: FlaskClient, other_agent: dict[str, str]
) -> None:
    body = QUESTION | {"project_id": "shop"}
    assert client.post(URL, json=body, headers=other_agent).status_code == 404


def test_the_same_job_id_in_two_projects_is_two_jobs(
    client: FlaskClient, agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    ask("build-1")
    client.post(URL, json=QUESTION, headers=other_agent)
    for headers in (agent, other_agent):
        assert len(client.get(URL, headers=headers).json) == 1


def test_a_founder_may_ask_too(client: FlaskClient, cast: Cast) -> None:
    founder = cast.token("shop", "founder")
    assert client.post(URL, json=QUESTION, headers=founder).status_code == 201


def test_texts_of_any_language_and_size_come_back_as_they_were(ask: Ask) -> None:
    text = "<script>alert(1)</script> 🚀 مرحبا 'quotes' \"and\" \\ " + "x" * 20_000
    shown = ask(plain_english_problem=text, attempts_summary=[text], recommended_action=text)
    assert shown["plain_english_problem"] == text
    assert shown["attempts_summary"] == [text]
    assert shown["recommended_action"] == text


def test_the_state_of_the_agent_comes_back_as_it_was(ask: Ask) -> None:
    state = {"task": "payments", "step": 3, "ratio": 0.5, "nested": {"list": [1, None, True, "ü"]}}
    assert ask(agent_state=state)["agent_state"] == state
