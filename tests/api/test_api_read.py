"""GET /api/escalations/{id}"""

import uuid

import pytest
from flask.testing import FlaskClient

from tests.api.questions import Ask


def test_a_question_is_read(client: FlaskClient, agent: dict[str, str], ask: Ask) -> None:
    asked = ask()
    answer = client.get(f"/api/escalations/{asked['id']}", headers=agent)
    assert answer.status_code == 200
    asked.pop("reach")  # only the response to the creation says it
    assert answer.json == asked


@pytest.mark.parametrize("key", [str(uuid.UUID(int=7)), "seven", "0", "%00", "é", "x" * 300])
def test_an_unknown_id_is_not_found(client: FlaskClient, agent: dict[str, str], key: str) -> None:
    answer = client.get(f"/api/escalations/{key}", headers=agent)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_question_of_another_project_looks_like_an_unknown_one(
    client: FlaskClient, other_agent: dict[str, str], ask: Ask
) -> None:
    other = client.get(f"/api/escalations/{ask()['id']}", headers=other_agent)
    unknown = client.get(f"/api/escalations/{uuid.uuid4()}", headers=other_agent)
    assert other.status_code == 404
    assert other.json == unknown.json


def test_no_address_of_a_person_is_told(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    key = ask()["id"]
    client.post(f"/api/escalations/{key}/skip", headers=founder)
    assert "@" not in client.get(f"/api/escalations/{key}", headers=agent).text
