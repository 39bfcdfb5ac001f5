"""Notes that people add for the agent after the answer: on the page, in events, in the API."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from sqlalchemy import select
from werkzeug.test import TestResponse

from webapp.actors import Actor
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.models import AgentEscalation, JobEvent
from webapp.operations import erasing, follow_ups
from webapp.operations.erasing import ERASED

Ask = Callable[..., uuid.UUID]
NOTE = "Use the <b>blue</b> logo."
BEN = Actor(ref="person:2", name="Ben", grants={"shop": "owner"})


def add(browser: FlaskClient, key: uuid.UUID, text: str) -> TestResponse:
    form = hidden(browser.get(f"/escalations/{key}").text, f'action="/escalations/{key}/notes"')
    return browser.post(f"/escalations/{key}/notes", data=form | {"text": text})


def events(app: Flask, kind: str = "agent.note_added") -> list[dict[str, Any]]:
    with app.app_context():
        query = select(JobEvent.payload).where(JobEvent.kind == kind).order_by(JobEvent.seq)
        return list(db.session.scalars(query))


def test_a_note_reaches_the_jobs_that_got_the_answer_and_stays_in_its_history(
    app: Flask, anna: FlaskClient, ask: Ask, agent: dict[str, str]
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    assert add(anna, key, f" {NOTE} ").status_code == 303
    assert add(anna, key, NOTE).status_code == 303, "the same again is the one that is stored"
    assert add(anna, key, "And the round one.").status_code == 303
    page = anna.get(f"/escalations/{key}").text
    assert page.index("added a note") < page.index("Use the &lt;b&gt;blue&lt;/b&gt; logo.")
    assert "added a note about" in anna.get("/jobs/1").text
    told = events(app)
    assert [each["text"] for each in told] == [NOTE, "And the round one."]
    assert told[0]["escalation_id"] == str(key)
    client = app.test_client()
    decision = client.get(f"/api/escalations/{key}/decision", headers=agent).json
    assert [(each["id"], each["text"]) for each in decision["notes"]] == [
        (1, NOTE),
        (2, "And the round one."),
    ]
    assert decision["notes"][0].keys() == {"id", "name", "text", "at"}
    stored = client.get(f"/api/escalations/{key}", headers=agent).json
    assert stored["notes"] == decision["notes"]
    listed = next(region for region in VIEWS["question"].regions if region.name == "question-state")
    assert "agent.note_added" in listed.kinds


def test_a_note_that_is_sent_again_after_another_one_is_stored_once(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    assert add(anna, key, NOTE).status_code == 303
    with app.app_context():
        follow_ups.add(key, "Not before Monday.", by=BEN)
    assert add(anna, key, NOTE).status_code == 303
    with app.app_context():
        notes = follow_ups.add(key, NOTE, by=BEN).notes
    said = [(each["text"], each["name"] == "Ben") for each in notes]
    assert said == [(NOTE, False), ("Not before Monday.", True), (NOTE, True)]


def test_a_verdict_that_follows_the_answer_has_the_notes(
    app: Flask, anna: FlaskClient, tell: Callable[..., Any]
) -> None:
    asked = tell()
    key = uuid.UUID(asked.escalation_id)
    send(anna, key, decision="provide_credentials")
    add(anna, key, NOTE)
    verdict = tell(job="build-1", id="r-1")
    assert (verdict.decision, verdict.notes) == ("provide_credentials", [NOTE])
    assert tell(job="build-9").notes == [], "another job didn't wait for it"
    with app.app_context():
        erasing.erase(key, by=BEN)
        [note] = db.session.get_one(AgentEscalation, key).notes
        assert note["text"] == ERASED
    assert tell(job="build-1", id="r-1").notes == [], "nor does the verdict that was kept"
    assert [each["text"] for each in events(app)] == [ERASED]


def test_a_note_that_cannot_be_taken_stays_in_the_form(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    early = add(anna, key, NOTE)
    assert early.status_code == 409
    assert "Nobody has answered this question." in early.text
    send(anna, key, decision="skip_feature")
    text = "Take sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    refused = add(anna, key, text)
    assert refused.status_code == 422
    assert "This looks like a secret key." in refused.text
    assert f"\n{text}</textarea>" in refused.text
    assert add(anna, key, " ").status_code == 422
    assert add(anna, key, "x" * (follow_ups.LONGEST + 1)).status_code == 422


def test_only_who_may_answer_adds_notes_and_not_without_end(
    app: Flask, anna: FlaskClient, olga: FlaskClient, ask: Ask
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    assert f'action="/escalations/{key}/notes"' not in olga.get(f"/escalations/{key}").text
    looks_on = Actor(ref="person:3", name="Olga", grants={"shop": "observer"})
    stranger = Actor(ref="person:4", name="Otto", grants={"other": "founder"})
    with app.app_context():
        with pytest.raises(Forbidden):
            follow_ups.add(key, NOTE, by=looks_on)
        with pytest.raises(NotFound):
            follow_ups.add(key, NOTE, by=stranger)
        for number in range(follow_ups.MOST):
            follow_ups.add(key, f"Note {number}.", by=BEN)
        with pytest.raises(Conflict, match="10 notes"):
            follow_ups.add(key, NOTE, by=BEN)


def test_a_verdict_about_the_whole_task_has_the_notes(
    anna: FlaskClient, tell: Callable[..., Any]
) -> None:
    def fail(number: int) -> Any:
        return tell(
            error_message="TypeError: cart.total is not a function",
            intent="build the checkout page",
            signature=f"error-{number}",
            approach=f"way {number}",
        )

    asked = [fail(number) for number in range(10)][-1]
    key = uuid.UUID(asked.escalation_id)
    send(anna, key, decision="skip_feature")
    assert add(anna, key, NOTE).status_code == 303
    verdict = fail(10)
    assert (verdict.decision, verdict.notes) == ("skip_feature", [NOTE])
