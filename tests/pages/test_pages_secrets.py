"""The forms with which a founder hands a key over or deletes it. No value is shown again."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from werkzeug.test import TestResponse

from webapp.actors import Actor
from webapp.operations import secret_takes

Ask = Callable[..., uuid.UUID]

VALUE = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
NAME = "STRIPE_API_KEY"
YES, NO = "provide_credentials", "skip_feature"
OPTIONS = [{"value": YES, "label": "Here is the key"}, {"value": NO, "label": "Leave it out"}]
AGENT = Actor(ref="token:1", name="Build agent", grants={"shop": "agent"})


def schema(**said: Any) -> dict[str, Any]:
    secret = {"type": "string", "format": "secret", "x-options": [YES]}
    return {"type": "object", "properties": {NAME: secret | said}}


@pytest.fixture
def asked(ask: Ask) -> uuid.UUID:
    """A question that asks for a key."""
    return ask(options=OPTIONS, recommended=None, answer_schema=schema())


def post(browser: FlaskClient, key: uuid.UUID, path: str, **fields: str) -> TestResponse:
    """Send a form of the question's page, with the token that the page has for it."""
    mark = 'id="revoke-secret"' if path.endswith("/revoke") else "/secrets"
    page = browser.get(f"/escalations/{key}").text
    return browser.post(f"/escalations/{key}/{path}", data=hidden(page, mark) | fields)


def hand_over(browser: FlaskClient, key: uuid.UUID, value: str = VALUE) -> TestResponse:
    fields = {f"secret.{NAME}": value, "decision": YES}
    return post(browser, key, "secrets", **fields)


def ref(sql: Callable[..., list[Any]]) -> str:
    return str(sql("select ref from handed_secrets order by id desc")[0].ref)


def test_one_tap_hands_the_key_over_and_answers(
    app: Flask, anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    assert hand_over(anna, asked).status_code == 303
    page = anna.get(f"/escalations/{asked}").text
    assert "<strong>Here is the key</strong>" in page
    assert "entered it" in page
    assert "The agent hasn’t taken it yet." in page
    with app.app_context():
        assert secret_takes.take(ref(sql), "build-1", _keys(app), by=AGENT).value == VALUE
    assert "took it" in anna.get(f"/escalations/{asked}").text
    with app.app_context():
        secret_takes.ack(ref(sql), None, by=AGENT)
    page = anna.get(f"/escalations/{asked}").text
    assert "It’s deleted here." in page
    assert "Delete this key" not in page


def _keys(app: Flask) -> tuple[str, ...]:
    keys: tuple[str, ...] = app.extensions["unstuck"].secrets_keys
    return keys


def test_no_browser_keeps_what_is_typed_into_the_field(anna: FlaskClient, asked: uuid.UUID) -> None:
    page = anna.get(f"/escalations/{asked}").text
    field = re.search(rf'<textarea[^>]*name="secret.{NAME}"[^>]*></textarea>', page)
    assert field
    for attribute in ("masked", 'autocomplete="off"', 'spellcheck="false"', "required"):
        assert attribute in field[0]


def test_a_key_of_several_lines_keeps_them(
    app: Flask, anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    pem = (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
    )
    sent_by_a_form = pem.replace("\n", "\r\n") + "\r\n"
    assert hand_over(anna, asked, sent_by_a_form).status_code == 303
    with app.app_context():
        assert secret_takes.take(ref(sql), "build-1", _keys(app), by=AGENT).value == pem


def primary_buttons(page: str) -> list[str]:
    main = page.partition("<main")[2]
    return re.findall(r'<button class="primary"[^>]*>(?:<[^>]*>)*([^<]+)', main)


def test_one_button_is_the_next_step(anna: FlaskClient, asked: uuid.UUID, ask: Ask) -> None:
    page = anna.get(f"/escalations/{asked}").text
    assert primary_buttons(page) == ["Hand over and answer"]
    assert "within-reach" not in page
    post(anna, asked, "secrets", **{f"secret.{NAME}": VALUE})  # stored, and not answered yet
    page = anna.get(f"/escalations/{asked}").text
    assert primary_buttons(page) == ["Send answer"]
    assert "within-reach" in page
    assert primary_buttons(anna.get(f"/escalations/{ask()}").text) == ["Send answer"]


def test_what_is_wrong_stands_at_the_field_and_the_value_does_not(
    anna: FlaskClient, ask: Ask
) -> None:
    key = ask(options=OPTIONS, recommended=None, answer_schema=schema(pattern="^sk_live_"))
    answer = hand_over(anna, key)
    assert answer.status_code == 422
    assert re.search(r'<textarea[^>]*aria-invalid="true"', answer.text)
    assert f"look like {NAME}" in answer.text
    assert VALUE not in answer.text
    assert hand_over(anna, key, "").status_code == 422


def test_an_answer_waits_for_the_key_it_needs(anna: FlaskClient, ask: Ask) -> None:
    asked = schema() | {"required": [NAME]}
    key = ask(options=OPTIONS, recommended=None, answer_schema=asked)
    answer = send(anna, key, decision=YES)
    assert answer.status_code == 422
    assert f"Hand over {NAME} first" in answer.text
    assert send(anna, key, decision=NO).status_code == 303


def test_several_keys_are_stored_and_go_with_the_answer(anna: FlaskClient, ask: Ask, sql) -> None:
    secret = {"type": "string", "format": "secret"}
    asked = {"type": "object", "properties": {"A_KEY": secret, "B_KEY": secret}}
    key = ask(options=OPTIONS, recommended=None, answer_schema=asked)
    answer = post(anna, key, "secrets", **{"secret.A_KEY": "value-of-a", "secret.B_KEY": ""})
    assert answer.status_code == 303
    page = anna.get(f"/escalations/{key}").text
    assert "It goes to the agent with your answer." in page
    assert "enter it again to replace it" in page
    assert send(anna, key, decision=YES).status_code == 303
    stored = sql("select answers from agent_escalations")[0].answers
    assert list(stored) == ["A_KEY"]


def test_an_answer_that_is_taken_back_keeps_the_key_for_the_next_one(
    anna: FlaskClient, asked: uuid.UUID, grace: float, sql
) -> None:
    hand_over(anna, asked)
    assert "Take it back" in anna.get(f"/escalations/{asked}").text
    fields = hidden(anna.get(f"/escalations/{asked}").text, 'id="take-back"')
    anna.post(f"/escalations/{asked}/undo", data=fields)
    assert "It goes to the agent with your answer." in anna.get(f"/escalations/{asked}").text
    assert sql("select sealed is not null as kept from handed_secrets")[0].kept


def test_a_key_is_deleted_before_an_agent_has_it(anna: FlaskClient, asked: uuid.UUID, sql) -> None:
    hand_over(anna, asked)
    answer = post(anna, asked, f"secrets/{ref(sql)}/revoke")
    assert answer.status_code == 303
    page = anna.get(f"/escalations/{asked}").text
    assert "deleted it" in page
    assert sql("select sealed from handed_secrets")[0].sealed is None


def test_it_is_too_late_to_delete_what_the_agent_has(
    app: Flask, anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    hand_over(anna, asked)
    page = anna.get(f"/escalations/{asked}").text
    with app.app_context():
        secret_takes.take(ref(sql), "build-1", _keys(app), by=AGENT)
        secret_takes.ack(ref(sql), None, by=AGENT)
    fields = hidden(page, 'id="revoke-secret"')
    answer = anna.post(f"/escalations/{asked}/secrets/{ref(sql)}/revoke", data=fields)
    assert answer.status_code == 409
    assert "Too late to delete it" in answer.text


def test_who_signed_in_a_while_ago_confirms_it_first_and_comes_back(
    anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    fields = hidden(anna.get(f"/escalations/{asked}").text, "/secrets")
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    page = anna.get(f"/escalations/{asked}").text
    assert f'name="secret.{NAME}"' not in page
    way = f"/settings/sign-in?then=/escalations/{asked}"
    assert way in page
    late = anna.post(f"/escalations/{asked}/secrets", data=fields | {f"secret.{NAME}": VALUE})
    assert late.status_code == 403
    assert VALUE not in late.text
    assert sql("select from handed_secrets") == []
    settings = anna.get(way).text
    assert "before you hand over a key" in settings
    fields = hidden(settings, "/sign-out") | {"then": f"/escalations/{asked}"}
    assert f'name="then" value="/escalations/{asked}"' in settings
    out = anna.post("/sign-out", data=fields)
    assert out.location == f"/sign-in?next=%2Fescalations%2F{asked}"


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_confirming_leads_to_no_foreign_place(anna: FlaskClient, sql, then: str) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    settings = anna.get("/settings/sign-in", query_string={"then": then}).text
    assert 'name="then"' not in settings
    fields = hidden(settings, "/sign-out") | {"then": then}
    assert anna.post("/sign-out", data=fields).location == "/sign-in"


def test_an_observer_sees_that_a_key_was_handed_over_and_no_form(
    anna: FlaskClient, olga: FlaskClient, asked: uuid.UUID
) -> None:
    assert "hand-over" not in olga.get(f"/escalations/{asked}").text
    hand_over(anna, asked)
    page = olga.get(f"/escalations/{asked}").text
    assert "entered it" in page
    assert "Delete this key" not in page


def test_a_key_in_the_guidance_is_held_back_and_the_way_is_shown(
    anna: FlaskClient, asked: uuid.UUID, sql
) -> None:
    answer = send(anna, asked, decision=YES, guidance=f"Here you are: {VALUE}")
    assert answer.status_code == 422
    assert "Hand over the key safely" in answer.text
    assert sql("select founder_guidance from agent_escalations")[0].founder_guidance is None


def test_an_owner_reads_who_handed_over_what(anna: FlaskClient, asked: uuid.UUID, sql) -> None:
    hand_over(anna, asked)
    post(anna, asked, f"secrets/{ref(sql)}/revoke")
    noted = sql("select action, details from audit_events where action like 'secret.%' order by id")
    assert [row.action for row in noted] == ["secret.stored", "secret.revoked"]
    assert all(row.details["name"] == NAME for row in noted)


def test_the_question_says_nothing_of_keys_where_it_asks_for_none(
    anna: FlaskClient, ask: Ask
) -> None:
    page = anna.get(f"/escalations/{ask()}").text
    assert "hand-over" not in page
    assert "revoke-secret" not in page
