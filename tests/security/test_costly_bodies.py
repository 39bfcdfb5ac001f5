"""What one request may cost: a body of two megabytes holds no worker."""

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION

NEARLY_OURS = [{f"descriptio{number}": 1 for number in range(199)} for _ in range(500)]
NOT_OURS = [{f"value{'e' * 9}{number}": 1 for number in range(190)} for _ in range(400)]


@pytest.mark.parametrize(
    "options",
    [NEARLY_OURS, NOT_OURS, [{}] * 450_000, [1] * 500_000],
    ids=["nearly ours", "not ours", "empty", "no objects"],
)
def test_names_that_are_nearly_ours_cost_no_seconds(
    client: FlaskClient, agent: dict[str, str], options: list[Any]
) -> None:
    body = json.dumps(QUESTION | {"options": options}).encode()
    assert len(body) < 2_000_000
    start = time.process_time()
    answer = client.post(
        "/api/jobs/build-1/escalations", data=body, headers=agent, content_type="application/json"
    )
    assert time.process_time() - start < 1
    assert answer.status_code == 422
    assert len(answer.json["errors"]) <= 200
