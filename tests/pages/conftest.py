"""What the tests of pages share: a question that is asked, an error that is told, an observer."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pausing import pause

from webapp.actors import Actor
from webapp.operations import escalations, people
from webapp.operations.escalations import Question
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict

SKIP = {"value": "skip_feature", "label": "Leave it out", "description": "No payments yet."}
GUIDE = {"value": "provide_guidance", "label": "I know how", "description": "Tell me below."}

Ask = Callable[..., uuid.UUID]


def set_grace(app: Flask, seconds: float) -> None:
    """For how long an answer that is given on a page can be taken back."""
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], decision_grace_s=seconds)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application as most of these tests need it: an answer goes to the agent at once."""
    set_grace(app, 0)
    return app


@pytest.fixture
def grace(app: Flask) -> float:
    """Longer than any test: an answer that is given on a page stays held."""
    set_grace(app, 60)
    return 60


@pytest.fixture
def ask(app: Flask) -> Ask:
    """Asks a question in `shop` as its agent does; returns its id."""

    def asking(job: str = "build-1", project: str = "shop", **changes: Any) -> uuid.UUID:
        values: dict[str, Any] = {
            "session_id": "session-1",
            "error_type": "CardRefused",
            "error_signature": f"{project}:CardRefused:v1-{uuid.uuid4().hex[:16]}",
            "plain_english_problem": "The payment service refuses our test card.",
            "attempts_summary": ["I tried the card again.", "I tried another card."],
            "recommended_action": "Leave it out until the service is back.",
            "options": [SKIP, GUIDE],
            "recommended": "skip_feature",
        }
        by = Actor(ref="token:1", name="Build agent", grants={project: "agent"})
        with app.app_context():
            question = Question(**(values | changes))
            return escalations.open_question(job, project, question, by=by)[0].id

    return asking


@pytest.fixture
def tell(app: Flask) -> Callable[..., Verdict]:
    """Tells an error as an agent does; what only a person can fix, unless another is named."""

    def telling(job: str = "build-1", project: str = "shop", **changes: Any) -> Verdict:
        values: dict[str, Any] = {
            "session_id": "session-1",
            "error_type": "AuthenticationError",
            "error_message": "stripe.error.AuthenticationError: No API key provided.",
        }
        by = Actor(ref="token:1", name="Build agent", grants={project: "agent"})
        with app.app_context():
            return receive.report(job, project, Report(**(values | changes)), by=by)

    return telling


@pytest.fixture
def stop(app: Flask) -> Callable[..., list[uuid.UUID]]:
    """Pauses a job by five failures that become questions; returns their ids."""

    def stopping(job: str = "build-1", project: str = "shop") -> list[uuid.UUID]:
        with app.app_context():
            return pause(job, project)

    return stopping


@pytest.fixture
def olga(app: Flask) -> FlaskClient:
    """The browser of somebody who only looks on."""
    with app.app_context():
        link = people.make_link("olga@example.com", role="observer", project_id="shop")
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client
