"""Keys over MCP: the model asks for them by name, and a program takes them."""

import shlex
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import handing_over, people

NAME = "STRIPE_API_KEY"
VALUE = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
WANTED = [{"name": NAME, "description": "In the Stripe dashboard."}]
ASKED = {"job_id": "my job", "question": "Which key?", "secrets": WANTED, "wait_s": 0}

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(client: FlaskClient, agent: dict[str, str]) -> Call:
    """Calls a tool; the result."""

    def call(name: str, headers: dict[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
        params = {"name": name, "arguments": given}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = client.post("/api/mcp", json=body, headers=agent | (headers or {}))
        assert answer.status_code == 200, answer.text
        return dict(answer.json["result"])

    return call


def hand_over(app: Flask, key: str) -> None:
    """What a founder does on the question's page."""
    config = app.extensions["unstuck"]
    keeping = handing_over.Keeping(config.secrets_keys, config.secrets_kept_h)
    with app.app_context():
        link = people.make_link("anna@example.com", role="founder", project_id="shop")
        browser = people.sign_in(link, None)
        person = db.session.scalars(db.select(Person.id)).one()
        by = Actor(ref=f"person:{person}", name="Anna", grants={"shop": "founder"})
        handing_over.hand_over(uuid.UUID(key), {NAME: VALUE}, browser, keeping, by=by)


def resolve(client: FlaskClient, founder: dict[str, str], key: str, **given: Any) -> None:
    url = f"/api/escalations/{key}/resolve"
    assert client.post(url, json=given, headers=founder).status_code == 200


def test_a_question_for_a_key_has_choices_and_a_field_for_it(
    client: FlaskClient, agent: dict[str, str], call: Call
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    stored = client.get(f"/api/escalations/{key}", headers=agent).json
    assert [each["value"] for each in stored["options"]] == ["provide_credentials", "skip_feature"]
    assert stored["answer_schema"]["required"] == [NAME]
    assert stored["answer_schema"]["properties"][NAME] == {
        "type": "string",
        "format": "secret",
        "description": "In the Stripe dashboard.",
        "x-options": ["provide_credentials"],
    }
    again = call("ask_founder", **ASKED)["structuredContent"]
    assert again["escalation_id"] == key


def test_the_model_reads_the_name_and_the_command_that_takes_it(
    app: Flask,
    client: FlaskClient,
    agent: dict[str, str],
    founder: dict[str, str],
    call: Call,
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    hand_over(app, key)
    resolve(client, founder, key, decision="provide_credentials")
    result = call("wait_for_decision", escalation_id=key, wait_s=0)
    told = result["structuredContent"]
    assert told["secrets"] == [NAME]
    assert "answers" not in told
    assert f"unstuck secret {key} {NAME} --job 'my job' -- PROGRAM" in told["message"]
    assert VALUE not in str(result)
    # The command that it names takes it for the job that it names.
    stored = client.get(f"/api/escalations/{key}", headers=agent).json
    words = shlex.split(told["message"].partition("`")[2].partition("`")[0])
    ref = stored["answers"][NAME]["ref"]
    taken = client.post(
        f"/api/secrets/{ref}/take", json={"job_id": words[words.index("--job") + 1]}, headers=agent
    )
    assert taken.json["value"] == VALUE


def test_a_job_that_joined_takes_it_under_its_own_name(
    app: Flask, client: FlaskClient, founder: dict[str, str], call: Call
) -> None:
    failure = {"what_failed": "KeyError", "error": f"KeyError: '{NAME}'"}
    for job in ("first", "second"):
        key = call("report_failure", job_id=job, **failure)["structuredContent"]["escalation_id"]
    hand_over(app, key)
    resolve(client, founder, key, decision="provide_credentials")
    for job in ("first", "second"):
        told = call("wait_for_decision", {"X-Unstuck-Job": job}, escalation_id=key, wait_s=0)
        assert f"--job {job} --" in told["structuredContent"]["message"]


def test_a_founder_who_hands_nothing_over_is_told_as_before(
    client: FlaskClient, founder: dict[str, str], call: Call
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    resolve(client, founder, key, decision="skip_feature")
    told = call("wait_for_decision", escalation_id=key, wait_s=0)["structuredContent"]
    assert told["option_chosen"] == "Go on without it"
    assert "secrets" not in told
    assert "unstuck secret" not in told["message"]


def test_values_of_a_form_reach_the_model(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], call: Call
) -> None:
    body = {
        "session_id": "s",
        "error_type": "Question",
        "plain_english_problem": "How many?",
        "answer_schema": {"type": "object", "properties": {"COUNT": {"type": "integer"}}},
    }
    key = client.post("/api/jobs/build-1/escalations", json=body, headers=agent).json["id"]
    resolve(client, founder, key, decision="So many.", answers={"COUNT": 3})
    told = call("wait_for_decision", escalation_id=key, wait_s=0)["structuredContent"]
    assert told["answers"] == {"COUNT": 3}


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ([{"name": "two words"}], "secrets.0.name"),
        ([{"description": "x"}], "secrets.0.name"),
        ([{"name": NAME, "description": "x" * 501}], "secrets.0.description"),
        ([{"name": f"KEY_{number}"} for number in range(9)], "secrets"),
        (NAME, "secrets"),
    ],
)
def test_keys_that_cannot_be_asked_for_are_told_to_the_model(
    call: Call, secrets: Any, words: str
) -> None:
    result = call("ask_founder", **ASKED | {"secrets": secrets})
    assert result["isError"], result
    assert words in result["content"][0]["text"]
