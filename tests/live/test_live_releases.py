"""A held answer goes out when its grace is over, whatever happens to the process that held it."""

import time
import uuid

from flask import Flask

from webapp.actors import Actor
from webapp.extensions import db
from webapp.live import service
from webapp.models import AgentEscalation
from webapp.operations import escalations, holding, people
from webapp.operations.answers import Answer
from webapp.operations.escalations import Question

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})


def held(app: Flask, grace_s: float, name: str = "1") -> uuid.UUID:
    with app.app_context():
        people.make_link("anna@example.com", role="founder", project_id="shop")  # still a member
        asked = Question("s1", "KeyError", f"shop:KeyError:v1-{name}", f"I need key {name}.")
        found, _ = escalations.open_question("build-1", "shop", asked, by=AGENT)
        holding.hold(found.id, Answer("skip_feature"), grace_s, by=ANNA)
        return found.id


def released(app: Flask, key: uuid.UUID, patience_s: float = 10) -> float:
    """Seconds until it was released."""
    began = time.monotonic()
    while time.monotonic() - began < patience_s:
        with app.app_context():
            if db.session.get_one(AgentEscalation, key).status == "resolved":
                return time.monotonic() - began
        time.sleep(0.01)
    raise AssertionError("the answer was never released")


def test_an_answer_held_while_the_desk_runs_goes_out_on_time(app: Flask) -> None:
    with app.app_context():
        service.live()
    began = time.monotonic()
    released(app, held(app, 0.3))
    assert time.monotonic() - began >= 0.3


def test_an_answer_whose_process_died_goes_out_when_the_next_one_starts(app: Flask) -> None:
    key = held(app, 0.01)
    with app.app_context():
        service.live()
    released(app, key)
