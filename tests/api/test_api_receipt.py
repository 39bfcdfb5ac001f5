"""POST /api/escalations/{id}/receipt"""

import uuid

import pytest
from flask.testing import FlaskClient

from tests.api.questions import Ask


@pytest.fixture
def answered(client: FlaskClient, founder: dict[str, str], ask: Ask) -> str:
    """The address of a question that has its answer."""
    url = f"/api/escalations/{ask()['id']}"
    client.post(f"{url}/resolve", json={"decision": "skip_feature"}, headers=founder)
    return url


def test_an_answer_is_picked_up_and_works(
    client: FlaskClient, agent: dict[str, str], answered: str
) -> None:
    picked = client.post(f"{answered}/receipt", json={"stage": "picked_up"}, headers=agent)
    assert picked.status_code == 200
    assert picked.json["picked_up_at"]
    assert picked.json["outcome"] is None
    body = {"stage": "worked", "note": "Invoices it is."}
    worked = client.post(f"{answered}/receipt", json=body, headers=agent).json
    assert (worked["outcome"], worked["outcome_note"]) == ("worked", "Invoices it is.")
    assert worked["picked_up_at"] == picked.json["picked_up_at"]


def test_an_answer_that_failed_says_so(
    client: FlaskClient, agent: dict[str, str], answered: str
) -> None:
    answer = client.post(f"{answered}/receipt", json={"stage": "failed"}, headers=agent)
    assert answer.json["outcome"] == "failed"


def test_the_same_receipt_again_changes_nothing(
    client: FlaskClient, agent: dict[str, str], answered: str
) -> None:
    first = client.post(f"{answered}/receipt", json={"stage": "worked"}, headers=agent).json
    seq = client.get("/api/jobs/build-1", headers=agent).json["last_seq"]
    again = client.post(f"{answered}/receipt", json={"stage": "worked"}, headers=agent).json
    assert again == first
    assert client.get("/api/jobs/build-1", headers=agent).json["last_seq"] == seq


def test_there_is_no_receipt_before_the_answer(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    url = f"/api/escalations/{ask()['id']}/receipt"
    answer = client.post(url, json={"stage": "picked_up"}, headers=agent)
    assert answer.status_code == 409


@pytest.mark.parametrize("body", [{}, {"stage": "lost"}, {"stage": None}, {"stage": ["worked"]}])
def test_a_stage_is_one_of_three(
    client: FlaskClient, agent: dict[str, str], answered: str, body: dict[str, object]
) -> None:
    answer = client.post(f"{answered}/receipt", json=body, headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["stage"]


def test_what_is_not_visible_is_not_found(
    client: FlaskClient, other_agent: dict[str, str], answered: str
) -> None:
    for url in (answered, f"/api/escalations/{uuid.uuid4()}", "/api/escalations/seven"):
        answer = client.post(f"{url}/receipt", json={"stage": "worked"}, headers=other_agent)
        assert answer.status_code == 404
