"""What the tests of pages share: a question that is asked."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from webapp.actors import Actor
from webapp.operations import escalations
from webapp.operations.escalations import Question

SKIP = {"value": "skip_feature", "label": "Leave it out", "description": "No payments yet."}
GUIDE = {"value": "provide_guidance", "label": "I know how", "description": "Tell me below."}

Ask = Callable[..., uuid.UUID]


@pytest.fixture
def ask(app: Flask) -> Ask:
    """Asks a question in `shop` as its agent does; returns its id."""

    def asking(job: str = "build-1", project: str = "shop", **changes: Any) -> uuid.UUID:
        told: dict[str, Any] = {
            "session_id": "session-1",
            "error_type": "CardRefused",
            "error_signature": f"{project}:CardRefused:v1-{uuid.uuid4().hex[:16]}",
            "plain_english_problem": "The payment service refuses our test card.",
            "attempts_summary": ["I tried the card again.", "I tried another card."],
            "recommended_action": "Leave it out until the service is back.",
            "options": [SKIP, GUIDE],
        }
        by = Actor(ref="token:1", name="Build agent", grants={project: "agent"})
        with app.app_context():
            question = Question(**(told | changes))
            return escalations.open_question(job, project, question, by=by)[0].id

    return asking
