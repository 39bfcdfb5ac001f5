"""What somebody chooses as a name, an id or a key tells nothing of others, and breaks nothing."""

import json
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import QUESTION
from webapp.operations.escalations import id_for_key
from webapp.rules.signature import signature


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/a%00b",
        "/jobs/a%00b?project_id=shop",
        "/jobs/build-1?project_id=a%00b",
        "/jobs/7?project_id=a%00b",
        "/jobs/99999999999999999999999",
        "/jobs/99999999999999999999999?project_id=shop",
        "/jobs/9223372036854775808?before=1",
    ],
)
def test_a_job_that_cannot_be_is_a_404(anna: FlaskClient, path: str) -> None:
    assert anna.get(path).status_code == 404


@pytest.mark.parametrize("view", ["jobs", "history", "problems", "quiet"])
def test_made_up_subjects_make_no_audiences(anna: FlaskClient, view: str) -> None:
    assert anna.get(f"/live/{view}?key=anything").status_code == 404
    with anna.get(f"/live/pages?of={view}%3Fkey%3Danything", buffered=False) as stream:
        frames = iter(stream.response)
        assert any("gone" in str(next(frames)) for _ in range(3))


def test_nobody_works_out_the_id_that_another_project_s_key_will_make(
    app: Flask, client: FlaskClient, agent: dict[str, str], other_agent: dict[str, str]
) -> None:
    """Otherwise its existence could be asked for, and the id be taken before."""
    headers = agent | {"Idempotency-Key": "first"}
    made = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=headers)
    again = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=headers)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json["id"] == again.json["id"]
    guesses = [
        id_for_key("shop", "build-1", "first", "another server's key"),
        uuid.uuid5(
            uuid.UUID("6f9c1c0e-6d0b-4f53-9a53-8f3a0f5b9c11"),
            json.dumps(["shop", "build-1", "first"]),
        ),
    ]
    assert made.json["id"] not in map(str, guesses)
    for guess in guesses:
        body = QUESTION | {"id": str(guess)}
        answer = client.post("/api/jobs/spy/escalations", json=body, headers=other_agent)
        assert answer.status_code == 201


def test_a_taken_id_is_refused_in_the_same_words_whoever_has_it(
    client: FlaskClient, agent: dict[str, str], other_agent: dict[str, str]
) -> None:
    ids = [str(uuid.uuid4()), str(uuid.uuid4())]
    for headers, each in ((agent, ids[0]), (other_agent, ids[1])):
        client.post("/api/jobs/b/escalations", json=QUESTION | {"id": each}, headers=headers)
    changed = QUESTION | {"plain_english_problem": "Something else?"}
    answers = [
        client.post("/api/jobs/b/escalations", json=changed | {"id": each}, headers=agent)
        for each in ids
    ]
    assert {answer.status_code for answer in answers} == {409}
    assert answers[0].data == answers[1].data


def test_no_signature_names_two_problems() -> None:
    parts = [("Key", "x:y"), ("Key:x", "y")]
    signatures = {signature("alpha", error, "", own) for error, own in parts}
    assert len(signatures) == len(parts)
    assert signature("alpha:Key", "x", "", "y") != signature("alpha", "Key", "", "x:y")
