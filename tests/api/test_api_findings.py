"""What was found by trying to break the desk, call by call, so that it stays mended."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask

JOB = "/api/jobs/build-1"


@pytest.mark.parametrize("state", ["working", "finished", "failed"])
def test_an_agent_does_not_lift_a_pause(
    client: FlaskClient, agent: dict[str, str], paused_job: str, state: str
) -> None:
    answer = client.put(JOB, json={"project_id": "shop", "state": state}, headers=agent)
    assert answer.status_code == 409
    assert client.get(JOB, headers=agent).json["state"] == "paused"


@pytest.mark.parametrize(
    "fields",
    [
        {"plain_english_problem": " \n "},
        {"options": [{"value": "  ", "label": "Nothing"}]},
    ],
)
def test_what_nobody_can_read_or_choose_is_refused(
    client: FlaskClient, agent: dict[str, str], fields: dict[str, Any]
) -> None:
    answer = client.post(f"{JOB}/escalations", json=QUESTION | fields, headers=agent)
    assert answer.status_code == 422
    assert [error["message"] for error in answer.json["errors"]] == ["must not be blank"]


def test_a_withdrawn_question_says_so_once(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    url = f"/api/escalations/{ask()['id']}"
    client.post(f"{url}/withdraw", json={}, headers=agent)
    detail = client.post(f"{url}/skip", json={}, headers=founder).json["detail"]
    assert detail.count("withdrew") == 1
