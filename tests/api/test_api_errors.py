"""POST /api/jobs/{job_id}/errors and POST /api/jobs/{job_id}/errors/healed"""

import pytest
from flask.testing import FlaskClient

URL = "/api/jobs/build-1/errors"

REPORT = {
    "project_id": "shop",
    "session_id": "session-1",
    "error_type": "ModuleNotFoundError",
    "error_message": "No module named 'stripe'",
    "intent": "set up the payment page",
    "approach": "installed the package with pip",
}

FIELDS_OF_THE_CONTRACT = {
    "verdict",
    "category",
    "matched_rule",
    "error_signature",
    "attempt",
    "max_attempts",
    "instruction",
    "approaches_tried",
    "retry_after_s",
    "escalation_id",
    "decision",
    "label",
    "guidance",
}


def test_a_failure_gets_a_verdict(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.post(URL, json=REPORT, headers=agent)
    assert answer.status_code == 200
    assert set(answer.json) == FIELDS_OF_THE_CONTRACT
    assert answer.json["verdict"] == "retry"
    assert answer.json["attempt"] == 1
    assert answer.json["approaches_tried"] == ["installed the package with pip"]
    assert answer.json["retry_after_s"] is None


def test_a_category_of_the_agent_counts(client: FlaskClient, agent: dict[str, str]) -> None:
    report = REPORT | {"category": "never_retry"}
    verdict = client.post(URL, json=report, headers=agent).json
    assert (verdict["verdict"], verdict["category"]) == ("escalate", "never_retry")
    asked = client.get(f"/api/escalations/{verdict['escalation_id']}", headers=agent).json
    assert asked["status"] == "pending"
    assert asked["error_signature"] == verdict["error_signature"]


def test_the_words_of_the_agent_win(client: FlaskClient, agent: dict[str, str]) -> None:
    own = {
        "category": "never_retry",
        "plain_english_problem": "I need your key.",
        "recommended_action": "Send it.",
        "options": [{"value": "send"}],
        "agent_state": {"step": 3},
    }
    verdict = client.post(URL, json=REPORT | own, headers=agent).json
    asked = client.get(f"/api/escalations/{verdict['escalation_id']}", headers=agent).json
    assert asked["plain_english_problem"] == "I need your key."
    assert asked["recommended_action"] == "Send it."
    assert asked["options"] == [{"value": "send", "label": "send", "description": ""}]
    assert asked["agent_state"] == {"step": 3}


def test_a_signature_of_the_agent_stands_in_a_namespace_of_its_own(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for sent in ("stripe", "own-stripe"):  # as it was chosen, and as it came back
        verdict = client.post(URL, json=REPORT | {"signature": sent}, headers=agent).json
        assert verdict["error_signature"] == "shop:ModuleNotFoundError:own-stripe"


def test_trouble_of_the_model_provider_counts_against_nothing(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    report = REPORT | {"origin": "model_provider"}
    for _ in range(5):
        assert client.post(URL, json=report, headers=agent).json["verdict"] == "wait"


def test_a_message_may_have_a_megabyte(client: FlaskClient, agent: dict[str, str]) -> None:
    long = REPORT | {"error_message": "x" * 1_000_000 + "\nModuleNotFoundError: stripe"}
    assert client.post(URL, json=long, headers=agent).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"error_message": None}, "error_message"),
        ({"error_message": "x" * 1_048_577}, "error_message"),
        ({"session_id": ""}, "session_id"),
        ({"error_type": 5}, "error_type"),
        ({"category": "bad_luck"}, "category"),
        ({"origin": "moon"}, "origin"),
        ({"options": [{"value": "a"}, {"value": 5}]}, "options.1.value"),
        ({"approach": ["a"]}, "approach"),
        ({"agent_state": []}, "agent_state"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, agent: dict[str, str], wrong: dict[str, object], field: str
) -> None:
    answer = client.post(URL, json=REPORT | wrong, headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_project_of_somebody_else_is_not_found(
    client: FlaskClient, other_agent: dict[str, str]
) -> None:
    body = {"project_id": "shop", "error_signature": "shop:E:v1"}
    assert client.post(URL, json=REPORT, headers=other_agent).status_code == 404
    assert client.post(f"{URL}/healed", json=body, headers=other_agent).status_code == 404


def test_a_problem_that_is_over_starts_anew(client: FlaskClient, agent: dict[str, str]) -> None:
    client.post(URL, json=REPORT, headers=agent)
    signature = client.post(URL, json=REPORT, headers=agent).json["error_signature"]
    body = {"project_id": "shop", "error_signature": signature}
    healed = client.post(f"{URL}/healed", json=body, headers=agent)
    assert healed.status_code == 200
    assert healed.json == {"error_signature": signature, "known": True, "times_healed": 1}
    assert client.post(URL, json=REPORT, headers=agent).json["attempt"] == 1


def test_a_problem_that_nobody_knows_may_be_over_too(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    answer = client.post(f"{URL}/healed", json={"error_signature": "shop:E:v1-0"}, headers=agent)
    assert answer.status_code == 200
    assert (answer.json["known"], answer.json["times_healed"]) == (False, 0)


def test_a_signature_is_needed_to_heal(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.post(f"{URL}/healed", json={}, headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["error_signature"]
