"""Every POST can be sent again after its answer was lost: by an id, a key, or as it is."""

from typing import Any

from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from tests.api.test_api_errors import REPORT, URL

KEY = {"Idempotency-Key": "payments-1"}
ASK = "/api/jobs/build-1/escalations"


def test_a_report_is_known_by_its_id(client: FlaskClient, agent: dict[str, str]) -> None:
    report = REPORT | {"id": "payments-attempt-1"}
    first, again = (client.post(URL, json=report, headers=agent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json | {"repeated": True}
    assert "repeated" not in first.json


def test_a_report_without_an_id_is_known_by_its_key(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    first, again = (client.post(URL, json=REPORT, headers=agent | KEY) for _ in range(2))
    assert again.json == first.json | {"repeated": True}
    assert client.post(URL, json=REPORT, headers=agent).json["attempt"] == 2


def test_an_id_counts_more_than_a_key(client: FlaskClient, agent: dict[str, str]) -> None:
    one, two = (REPORT | {"id": name} for name in ("one", "two"))
    assert client.post(URL, json=one, headers=agent | KEY).json["attempt"] == 1
    assert client.post(URL, json=two, headers=agent | KEY).json["attempt"] == 2


def test_an_id_that_is_none_is_named(client: FlaskClient, agent: dict[str, str]) -> None:
    for wrong in ("", "x" * 256, 5):
        answer = client.post(URL, json=REPORT | {"id": wrong}, headers=agent)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == ["id"]


def test_another_failure_under_the_id_is_told_so(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    report = REPORT | {"id": "same"}
    client.post(URL, json=report, headers=agent)
    other = client.post(URL, json=report | {"error_message": "no such file"}, headers=agent)
    assert other.status_code == 200
    assert other.json["repeated"]
    assert "id of its own" in other.json["warnings"][0]


def test_a_question_without_an_id_is_known_by_its_key(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    first, again = (client.post(ASK, json=QUESTION, headers=agent | KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]


def test_another_question_under_the_key_is_refused(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    client.post(ASK, json=QUESTION, headers=agent | KEY)
    other = QUESTION | {"plain_english_problem": "May I delete the old shop?"}
    assert client.post(ASK, json=other, headers=agent | KEY).status_code == 409


def test_the_same_key_in_another_job_is_another_question(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    urls = (ASK, "/api/jobs/build-2/escalations")
    answers = [client.post(url, json=QUESTION, headers=agent | KEY) for url in urls]
    assert [answer.status_code for answer in answers] == [201, 201]


def _withdraw(client: FlaskClient, asked: dict[str, Any], headers: dict[str, str]) -> int:
    url = f"/api/escalations/{asked['id']}/withdraw"
    return client.post(url, json={"reason": "Found it."}, headers=headers).status_code


def test_a_withdrawal_is_known_by_its_key_and_its_caller(
    client: FlaskClient, ask: Ask, agent: dict[str, str], founder: dict[str, str]
) -> None:
    asked = ask()
    assert [_withdraw(client, asked, agent | KEY) for _ in range(2)] == [200, 200]
    assert _withdraw(client, asked, agent) == 409
    assert _withdraw(client, asked, founder | KEY) == 409


def test_a_resumption_is_known_by_its_key_and_its_caller(
    client: FlaskClient, paused_job: str, founder: dict[str, str]
) -> None:
    url = f"/api/jobs/{paused_job}/resume"
    answers = [client.post(url, headers=founder | KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json == answers[0].json
    assert client.post(url, headers=founder).status_code == 409
