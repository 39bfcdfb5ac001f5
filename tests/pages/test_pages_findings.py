"""What was found by trying to break the pages, so that it stays mended."""

import uuid

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import send

from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import escalations
from webapp.operations.escalations import Question


def test_the_option_that_was_tapped_is_the_one_that_counts(app: Flask, anna: FlaskClient) -> None:
    options = [
        {"value": "a", "label": "plain a", "description": ""},
        {"value": " a ", "label": "spaced a", "description": ""},
    ]
    asked = Question("s1", "E", "shop:E:v1-1", "Which one?", options=options)
    with app.app_context():
        found, _ = escalations.open_question("build-1", "shop", asked, by=DESK)
        key: uuid.UUID = found.id
    send(anna, key, decision=" a ")
    with app.app_context():
        stored = db.session.get_one(AgentEscalation, key)
        assert (stored.held or {}).get("decision", stored.founder_decision) == " a "
