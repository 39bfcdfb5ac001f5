"""The fields of an answer: a form without scripts, refused field by field, and typed JSON."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pages_forms import hidden, send

Ask = Callable[..., uuid.UUID]

YES, NO = "set_up", "skip_feature"
OPTIONS = [
    {"value": YES, "label": "Set it up", "description": ""},
    {"value": NO, "label": "Leave it out", "description": ""},
]
SHOWN = (("Sender address", "shop@example.com"), ("plan", "Large"), ("urgent", "Yes"))
WITH = {"x-options": [YES]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sender": {"type": "string", "format": "email", "title": "Sender address"} | WITH,
        "copies": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2} | WITH,
        "plan": {"type": "string", "enum": ["s", "l"], "enumNames": ["Small", "Large"]} | WITH,
        "days": {"type": "array", "items": {"enum": ["mo", "tu"]}} | WITH,
        "start": {"type": "string", "format": "date"} | WITH,
        "urgent": {"type": "boolean"} | WITH,
        "why": {"type": "string", "maxLength": 500},
    },
    "required": ["sender", "copies", "plan"],
}
FILLED = {
    "answers.sender": "shop@example.com",
    "answers.copies": "3",
    "answers.plan": "l",
    "answers.start": "2026-03-31",
    "answers.urgent": "true",
    "answers.why": "",
}


@pytest.fixture
def asked(ask: Ask) -> uuid.UUID:
    return ask(options=OPTIONS, recommended=None, answer_schema=SCHEMA)


def test_what_was_filled_in_reaches_the_agent_typed_and_the_page_in_words(
    anna: FlaskClient, agent: dict[str, str], asked: uuid.UUID
) -> None:
    assert send(anna, asked, decision=YES, **FILLED).status_code == 303
    found = anna.application.test_client().get(f"/api/escalations/{asked}/decision", headers=agent)
    assert found.json["answers"] == {
        "sender": "shop@example.com",
        "copies": 3,
        "plan": "l",
        "start": "2026-03-31",
        "urgent": True,
    }
    page = anna.get(f"/escalations/{asked}").text
    for title, value in (
        ("Sender address", "shop@example.com"),
        ("plan", "Large"),
        ("urgent", "Yes"),
    ):
        assert re.search(rf"<dt[^>]*>{title}</dt><dd[^>]*>{value}</dd>", page)


def test_the_fields_stand_in_the_order_in_which_the_agent_named_them(
    anna: FlaskClient, asked: uuid.UUID
) -> None:
    names = re.findall(r'name="answers.(\w+)"', anna.get(f"/escalations/{asked}").text)
    assert list(dict.fromkeys(names)) == list(SCHEMA["properties"])


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("sender", 'type="email"'),
        ("copies", 'type="number" step="1" inputmode="numeric" min="1" max="9"'),
        ("copies", 'value="2"'),
        ("start", 'type="date"'),
        ("urgent", 'type="checkbox"'),
    ],
)
def test_each_field_brings_the_right_keys_to_a_phone(
    anna: FlaskClient, asked: uuid.UUID, name: str, attributes: str
) -> None:
    page = anna.get(f"/escalations/{asked}").text
    field = re.search(rf'<input[^>]*name="answers.{name}"[^>]*>', page)
    assert field
    assert attributes in field[0]


def test_what_is_wrong_stands_at_its_field_and_nothing_that_was_typed_is_lost(
    anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    wrong = {"answers.copies": "3.5", "answers.start": "2026-02-30", "answers.plan": ""}
    answer = send(anna, asked, decision=YES, **FILLED | wrong)
    assert answer.status_code == 422
    for words in ("Enter a whole number.", "Enter a date that exists", "Fill this in."):
        assert answer.text.count(words) == 1
    for typed in ("shop@example.com", "3.5", "2026-02-30"):
        assert f'value="{typed}"' in answer.text
    assert sql("select status from agent_escalations")[0].status == "pending"
    with_htmx = send(anna, asked, htmx=True, decision=YES, **FILLED | wrong)
    assert with_htmx.status_code == 422
    assert "Enter a whole number." in with_htmx.text


def test_fields_of_another_option_are_left_out(anna: FlaskClient, asked: uuid.UUID, sql) -> None:
    # Without scripts a browser sends all of them.
    typed = FILLED | {"answers.sender": "", "answers.why": "No mail this year."}
    assert send(anna, asked, decision=NO, **typed).status_code == 303
    stored = sql("select answers from agent_escalations")[0].answers
    assert stored == {"why": "No mail this year."}


def test_skipping_needs_no_field(anna: FlaskClient, asked: uuid.UUID, sql) -> None:
    assert send(anna, asked, "skip").status_code == 303
    assert sql("select answers from agent_escalations")[0].answers is None


def test_a_field_that_was_not_asked_for_is_refused_by_the_api(
    anna: FlaskClient, founder: dict[str, str], asked: uuid.UUID
) -> None:
    client = anna.application.test_client()
    answers = {"sender": "a@example.com", "copies": "3", "plan": ["l"], "admin": True}
    body = {"decision": YES, "answers": answers}
    answer = client.post(f"/api/escalations/{asked}/resolve", json=body, headers=founder)
    assert answer.status_code == 422
    fields = {each["field"] for each in answer.json["errors"]}
    assert fields == {"answers.copies", "answers.plan", "answers.admin"}
    body["answers"] = {"sender": "a@example.com", "copies": 3.0, "plan": "l"}
    answer = client.post(f"/api/escalations/{asked}/resolve", json=body, headers=founder)
    assert answer.json["answers"] == {"sender": "a@example.com", "copies": 3, "plan": "l"}


def test_what_was_filled_in_comes_back_with_an_answer_that_is_taken_back(
    anna: FlaskClient, asked: uuid.UUID, grace: float
) -> None:
    send(anna, asked, decision=YES, **FILLED)
    page = anna.get(f"/escalations/{asked}").text
    assert '<dd dir="auto">Large</dd>' in page
    again = anna.post(f"/escalations/{asked}/undo", data=hidden(page, 'id="take-back"')).text
    assert 'value="shop@example.com"' in again
    assert re.search(r'<option value="l" selected>', again)


def test_an_owner_erases_what_was_filled_in(anna: FlaskClient, asked: uuid.UUID, sql) -> None:
    send(anna, asked, decision=YES, **FILLED)
    sql("update memberships set role = 'owner'")
    page = anna.get(f"/escalations/{asked}").text
    answer = anna.post(f"/escalations/{asked}/erase", data=hidden(page, "/erase"))
    assert answer.status_code == 303
    assert sql("select answers from agent_escalations")[0].answers is None
    told = sql("select payload from job_events where kind = 'agent.escalation_resolved'")
    assert "shop@example.com" not in str(told)
