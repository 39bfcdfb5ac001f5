"""A misspelt field is told with the name that was meant; other unknown ones are ignored."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION
from tests.api.test_api_errors import REPORT, URL

ASK = "/api/jobs/build-1/escalations"


@pytest.mark.parametrize(
    ("path", "body", "wrong", "meant"),
    [
        (URL, REPORT | {"originn": "work"}, "originn", "origin"),
        (URL, REPORT | {"agentState": {}}, "agentState", "agent_state"),
        (URL, {"projectId": "shop"} | REPORT | {"project-id": "shop"}, None, None),
        (URL, REPORT | {"catgory": "never_retry"}, "catgory", "category"),
        (ASK, QUESTION | {"recomended_action": "Send it."}, "recomended_action", None),
        (ASK, QUESTION | {"attempts_sumary": []}, "attempts_sumary", "attempts_summary"),
        (ASK, QUESTION | {"options": [{"value": "a", "lable": "A"}]}, "options.0.lable", "label"),
    ],
)
def test_a_misspelt_field_is_named_with_the_one_that_was_meant(
    client: FlaskClient,
    agent: dict[str, str],
    path: str,
    body: dict[str, Any],
    wrong: str | None,
    meant: str | None,
) -> None:
    """FIELD: a misspelt `options` was dropped silently, and the founder got none."""
    answer = client.post(path, json=body, headers=agent)
    if wrong is None:  # the right one is there as well
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert error["field"] == wrong
    assert f"did you mean {meant or 'recommended_action'}?" in error["message"]
    assert wrong in answer.json["detail"]


@pytest.mark.parametrize("extra", ["trace_id", "model", "severity", "tags", "uid", "job_id", "é"])
def test_other_fields_that_are_not_known_are_ignored(
    client: FlaskClient, agent: dict[str, str], extra: str
) -> None:
    assert client.post(URL, json=REPORT | {extra: "x"}, headers=agent).status_code == 200
    assert client.post(ASK, json=QUESTION | {extra: "x"}, headers=agent).status_code == 201


def test_a_token_of_several_projects_is_told_to_name_the_project_of_a_new_job(
    client: FlaskClient, wide_agent: dict[str, str]
) -> None:
    """FIELD: the first call of such a token said "no such job"."""
    for path, body in ((URL, REPORT), (ASK, QUESTION), (f"{URL}/healed", {"error_signature": "x"})):
        without = {name: value for name, value in body.items() if name != "project_id"}
        answer = client.post(path, json=without, headers=wide_agent)
        assert answer.status_code == 404
        assert "Add project_id" in answer.json["detail"]
    answer = client.put("/api/jobs/build-1", json={}, headers=wide_agent)
    assert "Add project_id" in answer.json["detail"]
