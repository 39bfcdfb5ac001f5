"""An answer and the timer at the deadline: whichever is first, the other one is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from kept import events, stored

from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import answers, deadlines, escalations
from webapp.operations.answers import AlreadyAnswered
from webapp.operations.escalations import Question

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})


@pytest.mark.parametrize("left_ms", [0, 5, 20, 50])
def test_whichever_of_answer_and_deadline_is_first_the_other_is_told(
    app: Flask, left_ms: int
) -> None:
    asked = Question(
        session_id="s1",
        error_type="KeyError",
        error_signature="shop:KeyError:v1-1",
        plain_english_problem="May I leave the payments out?",
        options=[{"value": "skip_feature", "label": "Leave it out", "description": ""}],
        deadline_at=datetime.now(UTC) + timedelta(days=1),
        deadline_then="skip_feature",
    )
    with app.app_context():
        key = escalations.open_question("build-1", "shop", asked, by=AGENT)[0].id
    together = threading.Barrier(2)

    def by_timer() -> int:
        together.wait(60)
        expired = 0
        with app.app_context():
            while db.session.get_one(AgentEscalation, key, populate_existing=True).is_pending:
                expired += deadlines.expire_due()
        return expired

    def by_person() -> str:
        together.wait(60)
        with app.app_context():
            try:
                return str(answers.resolve(key, "skip_feature", by=ANNA).status)
            except AlreadyAnswered as error:
                return str(error.escalation.status)

    with app.app_context():
        due = datetime.now(UTC) + timedelta(milliseconds=left_ms)
        db.session.get_one(AgentEscalation, key).deadline_at = due
        db.session.commit()
    with ThreadPoolExecutor(2) as pool:
        timer, person = pool.submit(by_timer), pool.submit(by_person)
    status = stored(app, key).status
    assert status in {"resolved", "expired"}
    assert person.result() == status
    assert timer.result() <= (status == "expired")
    assert [event.kind for event in events(app)] == [f"agent.escalation_{status}"]
