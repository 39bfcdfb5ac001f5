"""What the tests of the JSON API share: a client, a question, and jobs in the states they need."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from webapp.operations import tokens


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that is signed in nowhere: only headers say who calls."""
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient, agent: dict[str, str]) -> Ask:
    """Opens a question of the agent of `shop`, under an id of its own: the same without one would
    be the same card. Keywords replace fields of it."""

    def ask(job: str = "build-1", **fields: Any) -> dict[str, Any]:
        body = QUESTION | {"id": str(uuid.uuid4())} | fields
        answer = client.post(f"/api/jobs/{job}/escalations", json=body, headers=agent)
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    return ask


@pytest.fixture
def paused_job(client: FlaskClient, agent: dict[str, str]) -> str:
    """A job that is paused, because five of its failures became questions."""
    for number in range(5):
        report = {
            "project_id": "shop",
            "session_id": "session-1",
            "error_type": "KeyError",
            "error_message": "KeyError: 'API_KEY'",
            "category": "never_retry",
            "signature": f"failure-{number}",
        }
        answer = client.post("/api/jobs/build-1/errors", json=report, headers=agent)
        assert answer.json["verdict"] == "escalate"
    return "build-1"


@pytest.fixture
def wide_agent(app: Flask) -> dict[str, str]:
    """The headers of an agent with the two projects `shop` and `other`."""
    with app.app_context():
        _, secret = tokens.create("agent of two", ["shop", "other"], "agent")
    return {"Authorization": f"Bearer {secret}"}
