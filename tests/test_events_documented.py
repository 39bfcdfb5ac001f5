"""docs/reference/events.md documents every kind of event, with the payload that it really has."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast
from webapp.actors import Actor
from webapp.clock import now, rfc3339
from webapp.desk.api.schemas.events import MODELS
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import CategoryCorrection, Person
from webapp.operations import (
    assigning,
    attaching,
    corrections,
    deadlines,
    erasing,
    follow_ups,
    handing_over,
    holding,
    people,
    problems,
    receipts,
    standing_rules,
)
from webapp.operations.answers import Answer
from webapp.operations.handing_over import Keeping
from webapp.queries import problems as queries
from webapp.rules.categories import Category

REFERENCE = Path(__file__).parent.parent / "docs/reference/events.md"
ENVELOPE = {"type", "project_id", "job_id", "seq", "at"}
OLIVIA = Actor(ref="person:2", name="Olivia", grants={"shop": "owner"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})


def documented() -> dict[str, set[str]]:
    """The members of each kind's table."""
    sections = re.split(r"^### ", REFERENCE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        section[1 : section.index("`", 1)]: set(
            re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        )
        for section in sections
    }


def test_every_kind_is_documented_and_no_other() -> None:
    assert set(documented()) == {kind.value for kind in Kind}


def test_every_kind_has_the_payload_that_is_documented(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    live_through_everything(app, client, cast.token("shop"), cast.token("shop", "founder"))
    events = client.get("/api/jobs/all/events?limit=500", headers=cast.token("shop")).json
    assert {event["type"] for event in events} == {kind.value for kind in Kind}
    for event in events:
        MODELS[event["type"]].model_validate(event)
        assert set(event) <= MODELS[event["type"]].model_fields.keys()
        payload = set(event) - ENVELOPE
        expected = documented()[event["type"]]
        if event["type"] == Kind.JOB_CHANGED:  # only what changed
            assert payload <= expected
        else:
            assert payload == expected, event["type"]


def hand_over_and_take(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    """A question that asks for two keys: one is taken, the other revoked."""
    secret = {"type": "string", "format": "secret"}
    schema = {"type": "object", "properties": {"A_KEY": secret, "B_KEY": secret}}
    question = {"session_id": "s", "error_type": "E", "plain_english_problem": "Keys?"}
    asked = client.post(
        "/api/jobs/all/escalations", json=question | {"answer_schema": schema}, headers=agent
    ).json
    key = uuid.UUID(asked["id"])
    config = app.extensions["unstuck"]
    keeping = Keeping(config.secrets_keys, config.secrets_kept_h)
    with app.app_context():
        link = people.make_link("anna@example.com", role="founder", project_id="shop")
        browser = people.sign_in(link, None)
        person = db.session.scalars(db.select(Person.id)).one()
        by = Actor(ref=f"person:{person}", name="Anna", grants={"shop": "founder"})
        values = {"A_KEY": "value-of-a-key", "B_KEY": "value-of-b-key"}
        handing_over.hand_over(key, values, browser, keeping, by=by)
    path = f"/api/escalations/{key}/resolve"
    answered = client.post(path, json={"decision": "Here."}, headers=founder).json
    refs = {name: said["ref"] for name, said in answered["answers"].items()}
    url = f"/api/secrets/{refs['A_KEY']}/take"
    assert client.post(url, json={"job_id": "all"}, headers=agent).json["value"] == "value-of-a-key"
    with app.app_context():
        handing_over.revoke(key, refs["B_KEY"], by=by)


def pass_a_deadline(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    """A question whose deadline is extended, and passes."""
    soon, later = (rfc3339(now() + timedelta(hours=hours)) for hours in (1, 2))
    question = {"session_id": "s", "error_type": "E", "plain_english_problem": "By when?"}
    body = question | {"deadline": {"at": soon}}
    asked = client.post("/api/jobs/all/escalations", json=body, headers=agent).json
    talk = f"/api/escalations/{asked['id']}/messages"
    assert client.post(talk, json={"text": "Why so soon?"}, headers=founder).status_code == 201
    assert client.post(talk, json={"text": "The shop opens."}, headers=agent).status_code == 201
    with app.app_context():
        person = db.session.scalars(db.select(Person.id)).one()
        assigning.assign(uuid.UUID(asked["id"]), person, by=ANNA)
        attaching.attach(uuid.UUID(asked["id"]), attaching.File("a.log", b"It failed."), by=ANNA)
    path = f"/api/escalations/{asked['id']}/extend"
    assert client.post(path, json={"deadline": later}, headers=founder).status_code == 200
    with app.app_context(), time_machine.travel(now() + timedelta(hours=3)):
        deadlines.expire_due()  # or the timer, if a test before it has started one


def live_through_everything(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    """One job in which everything happens that can happen to a job."""
    job = "/api/jobs/all"

    def ask() -> str:
        question = {"session_id": "s", "error_type": "E", "plain_english_problem": "What now?"}
        answer = client.post(f"{job}/escalations", json=question, headers=agent)
        return str(answer.json["id"])

    def report(message: str, **fields: str) -> dict[str, str]:
        body = {"session_id": "s", "error_type": "E", "error_message": message}
        return client.post(f"{job}/errors", json=body | fields, headers=agent).json

    def post(path: str, headers: dict[str, str], **body: str) -> None:
        assert client.post(path, json=body, headers=headers).status_code == 200

    client.put(job, json={"title": "All"}, headers=agent)
    signature = report("boom")["error_signature"]
    report("slow", category="env_error")
    post(f"{job}/errors/healed", agent, error_signature=signature)

    asked = report("forbidden", category="never_retry")["escalation_id"]
    report("forbidden", category="never_retry")
    url = f"/api/escalations/{asked}"
    key = uuid.UUID(asked)
    with app.app_context():
        problems.correct_category(key, Category.CODE_ERROR, by=ANNA, for_rule=True)
        correction = db.session.scalars(db.select(CategoryCorrection.id)).one()
        corrections.remove(correction, by=ANNA)
        holding.hold(key, Answer("skip_feature"), 60, by=ANNA)
        holding.undo(key, by=ANNA)
    answer = {"decision": "skip_feature", "remember_days": 30, "guidance": "For now"}
    assert client.post(f"{url}/resolve", json=answer, headers=founder).status_code == 200
    with app.app_context():
        rule = queries.rules(db.session(), by=ANNA, limit=1)[0]
        standing_rules.revoke(rule.id, by=ANNA)
        receipts.note_delivery(key)
        follow_ups.add(key, "Until Friday.", by=ANNA)
    for stage in ("picked_up", "failed", "worked"):
        post(f"{url}/receipt", agent, stage=stage)

    hand_over_and_take(app, client, agent, founder)
    with app.app_context():
        erasing.erase(key, by=OLIVIA)
    post(f"/api/escalations/{ask()}/withdraw", agent)
    pass_a_deadline(app, client, agent, founder)
    for what in ("red", "green", "blue", "white"):  # the fifth failure that is asked about
        report(f"forbidden {what}", category="never_retry")
    post(f"{job}/resume", founder)
