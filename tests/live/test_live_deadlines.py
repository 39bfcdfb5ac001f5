"""A question expires at its deadline, and everyone who waits is told."""

import time
import uuid
from datetime import datetime, timedelta

import time_machine
from flask import Flask

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.live import service
from webapp.models import AgentEscalation
from webapp.operations import escalations
from webapp.operations.escalations import Question

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
OPTIONS = [{"value": "use_a", "label": "Use A"}, {"value": "use_b", "label": "Use B"}]


def ask(app: Flask, at: datetime) -> uuid.UUID:
    with app.app_context():
        asked = Question(
            "s1",
            "KeyError",
            "shop:KeyError:v1-1",
            "Which one?",
            options=OPTIONS,
            deadline_at=at,
            deadline_then="use_b",
        )
        return escalations.open_question("build-1", "shop", asked, by=AGENT)[0].id


def expired(app: Flask, key: uuid.UUID, patience_s: float = 60) -> AgentEscalation:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with app.app_context():
            found = db.session.get_one(AgentEscalation, key)
            if found.status == "expired":
                return found
        time.sleep(0.01)
    raise AssertionError("the question never expired")


def test_a_question_asked_while_the_desk_runs_expires_at_its_deadline(app: Flask) -> None:
    with app.app_context():
        service.live()
    at = now() + timedelta(seconds=3)
    found = expired(app, ask(app, at))
    assert found.resolved_at is not None
    assert found.resolved_at >= at


def test_one_whose_deadline_passed_while_the_server_was_down_expires_when_it_starts(
    app: Flask,
) -> None:
    with time_machine.travel(now() - timedelta(days=1), tick=False):
        key = ask(app, now() + timedelta(hours=1))
    with app.app_context():
        assert db.session.get_one(AgentEscalation, key).status == "pending"
        service.live()
    assert expired(app, key).founder_decision == "use_b"


def test_a_waiting_call_and_a_stream_hear_the_default(site):
    at = (now() + timedelta(seconds=5)).isoformat()
    body = {
        "session_id": "s1",
        "error_type": "E",
        "plain_english_problem": "Which one?",
        "options": OPTIONS,
        "deadline": {"at": at, "then": "use_b"},
    }
    _, asked = site.call("POST", "/api/jobs/build-1/escalations?project_id=shop", body)
    with site.follow("build-1") as stream:
        status, decision = site.call("GET", f"/api/escalations/{asked['id']}/decision?wait=60")
        assert status == 200
        assert (decision["status"], decision["decision"], decision["decided_by"]) == (
            "expired",
            "use_b",
            "deadline",
        )
        kinds = [stream.next().event for _ in range(2)]
    assert kinds == ["agent.waiting_for_input", "agent.escalation_expired"]
