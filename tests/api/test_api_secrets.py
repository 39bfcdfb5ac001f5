"""POST /api/secrets/{ref}/take and /ack, and questions that ask for secrets."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.questions import Ask
from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import handing_over, people

VALUE = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
NAME = "STRIPE_API_KEY"
SECRET = {"type": "string", "format": "secret"}


def schema(**said: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {NAME: SECRET | said}}


@pytest.fixture
def asked(app: Flask, ask: Ask) -> dict[str, Any]:
    """A question whose secret was entered on its page."""
    stored = ask(answer_schema=schema())
    config = app.extensions["unstuck"]
    keeping = handing_over.Keeping(config.secrets_keys, config.secrets_kept_h)
    with app.app_context():
        link = people.make_link("anna@example.com", role="founder", project_id="shop")
        browser = people.sign_in(link, None)
        person = db.session.scalars(db.select(Person.id)).one()
        by = Actor(ref=f"person:{person}", name="Anna", grants={"shop": "founder"})
        handing_over.hand_over(uuid.UUID(stored["id"]), {NAME: VALUE}, browser, keeping, by=by)
    return stored


@pytest.fixture
def ref(client: FlaskClient, founder: dict[str, str], asked: dict[str, Any]) -> str:
    """The ref of a secret that went along with the answer."""
    answer = client.post(
        f"/api/escalations/{asked['id']}/resolve",
        json={"decision": "provide_credentials"},
        headers=founder,
    )
    assert answer.json["answers"] == {
        NAME: {"secret": "stored", "ref": answer.json["answers"][NAME]["ref"]}
    }
    return str(answer.json["answers"][NAME]["ref"])


def test_the_agent_takes_it_and_acknowledges_it(
    client: FlaskClient, agent: dict[str, str], ref: str
) -> None:
    taken = client.post(f"/api/secrets/{ref}/take", json={"job_id": "build-1"}, headers=agent)
    assert taken.status_code == 200
    assert taken.json == {"name": NAME, "value": VALUE, "lease_s": 60}
    assert taken.headers["Cache-Control"] == "no-store"
    done = client.post(f"/api/secrets/{ref}/ack", headers=agent)
    assert (done.status_code, done.data) == (204, b"")
    assert client.post(f"/api/secrets/{ref}/ack", headers=agent).status_code == 204
    gone = client.post(f"/api/secrets/{ref}/take", json={"job_id": "build-1"}, headers=agent)
    assert (gone.status_code, gone.json["type"]) == (410, "urn:unstuck:gone")


def test_the_decision_the_question_and_the_event_name_it_and_none_holds_it(
    client: FlaskClient, agent: dict[str, str], asked: dict[str, Any], ref: str
) -> None:
    named = {NAME: {"secret": "stored", "ref": ref}}
    url = f"/api/escalations/{asked['id']}"
    for path in (f"{url}/decision", url):
        assert client.get(path, headers=agent).json["answers"] == named
    events = client.get("/api/jobs/build-1/events", headers=agent)
    resolved = [each for each in events.json if each["type"] == "agent.escalation_resolved"]
    assert resolved[0]["answers"] == named
    assert VALUE not in events.text


@pytest.mark.parametrize("verb", ["take", "ack"])
def test_others_learn_nothing_of_it(
    client: FlaskClient,
    founder: dict[str, str],
    other_agent: dict[str, str],
    ref: str,
    verb: str,
) -> None:
    body = {"job_id": "build-1"}
    assert client.post(f"/api/secrets/{ref}/{verb}", json=body).status_code == 401
    for headers in (founder, other_agent):
        found = client.post(f"/api/secrets/{ref}/{verb}", json=body, headers=headers)
        unknown = client.post(f"/api/secrets/sec_no/{verb}", json=body, headers=headers)
        assert found.status_code == 404
        assert found.data == unknown.data


def test_a_taking_names_its_job(client: FlaskClient, agent: dict[str, str], ref: str) -> None:
    assert client.post(f"/api/secrets/{ref}/take", json={}, headers=agent).status_code == 422
    other = client.post(f"/api/secrets/{ref}/take", json={"job_id": "build-9"}, headers=agent)
    assert other.status_code == 404


def test_an_acknowledgement_before_the_taking_is_a_conflict(
    client: FlaskClient, agent: dict[str, str], ref: str
) -> None:
    assert client.post(f"/api/secrets/{ref}/ack", headers=agent).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"type": "array"}, "type"),
        ({"type": "object", "properties": {}}, "properties"),
        ({"type": "object", "properties": {f"K{n}": SECRET for n in range(9)}}, "properties"),
        (schema() | {"additionalProperties": False}, "additionalProperties"),
        (schema() | {"required": ["OTHER"]}, "required"),
        (schema() | {"required": NAME}, "required"),
        (schema(default="x"), f"properties.{NAME}.default"),
        (schema(type="number"), f"properties.{NAME}.format"),
        (schema(title=5), f"properties.{NAME}.title"),
        (schema(description="x" * 501), f"properties.{NAME}.description"),
        (schema(pattern="(a+)+$"), f"properties.{NAME}.pattern"),
        (schema(pattern="a*b*c"), f"properties.{NAME}.pattern"),
        (schema(pattern="[z-a]"), f"properties.{NAME}.pattern"),
        (schema(pattern=5), f"properties.{NAME}.pattern"),
        (schema(**{"x-options": ["no_such_option"]}), f"properties.{NAME}.x-options"),
        (schema(**{"x-options": "skip_feature"}), f"properties.{NAME}.x-options"),
        ({"type": "object", "properties": {"a b": SECRET}}, "properties.a b"),
        ({"type": "object", "properties": {NAME: "secret"}}, f"properties.{NAME}"),
    ],
)
@pytest.mark.parametrize("call", ["escalations", "errors"])
def test_a_schema_that_no_form_can_show_is_refused_by_the_place_that_is_wrong(
    client: FlaskClient, agent: dict[str, str], wrong: Any, place: str, call: str
) -> None:
    body = {
        "session_id": "s",
        "error_type": "KeyError",
        "error_message": "no key",
        "plain_english_problem": "I need a key.",
        "options": [{"value": "skip_feature", "label": "Leave it out"}],
        "answer_schema": wrong,
    }
    answer = client.post(f"/api/jobs/build-1/{call}", json=body, headers=agent)
    assert answer.status_code == 422, answer.text
    assert f"answer_schema.{place}" in [each["field"] for each in answer.json["errors"]]


def test_keys_in_the_texts_of_a_schema_are_masked(client: FlaskClient, ask: Ask) -> None:
    stored = ask(answer_schema=schema(description=f"Such as {VALUE}"))
    assert VALUE not in str(stored)
    assert stored["answer_schema"]["properties"][NAME]["format"] == "secret"


def test_a_schema_is_part_of_what_an_answer_is_bound_to(ask: Ask) -> None:
    with_key, without = ask(answer_schema=schema()), ask()
    assert with_key["digest"] != without["digest"]


def test_the_same_question_with_another_schema_under_one_id_is_a_conflict(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    stored = ask(answer_schema=schema())
    kept = ("id", "session_id", "error_type", "plain_english_problem", "options")
    body = {name: stored[name] for name in kept}
    url = "/api/jobs/build-1/escalations"
    again = client.post(url, json=body | {"answer_schema": schema()}, headers=agent)
    assert again.status_code == 200
    other = client.post(url, json=body | {"answer_schema": schema(title="Other")}, headers=agent)
    assert other.status_code == 409


def test_a_required_secret_is_named_when_it_is_missing(
    client: FlaskClient, founder: dict[str, str], ask: Ask
) -> None:
    asked = ask(answer_schema=schema() | {"required": [NAME]})
    answer = client.post(
        f"/api/escalations/{asked['id']}/resolve",
        json={"decision": "provide_credentials"},
        headers=founder,
    )
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [f"answers.{NAME}"]
