"""The form that asks the agent back, what was said, and whose turn it is, on every page."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.actors import Actor
from webapp.clock import now
from webapp.operations import asking_back

Ask = Callable[..., uuid.UUID]
AGENT = Actor(ref="token:1", name="Build agent", grants={"shop": "agent"})


def ask_back(browser: FlaskClient, key: uuid.UUID, text: str) -> TestResponse:
    form = hidden(browser.get(f"/escalations/{key}").text, f'action="/escalations/{key}/ask"')
    return browser.post(f"/escalations/{key}/ask", data=form | {"text": text})


def reply(app: Flask, key: uuid.UUID, text: str) -> None:
    with app.app_context():
        asking_back.say(key, text, by=AGENT)


def test_every_page_tells_whose_turn_it_is(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(deadline_at=now() + timedelta(hours=1))
    assert ask_back(anna, key, "In <b>test</b> mode?").status_code == 303
    page = anna.get(f"/escalations/{key}").text
    assert "In &lt;b&gt;test&lt;/b&gt; mode?" in page
    assert 'data-turn="agent"' in page
    assert "It’s the agent’s turn." in page
    assert "The deadline rests" in page
    assert "Waits for the agent’s reply" in anna.get("/").text
    assert "asked the agent back about" in anna.get("/jobs/1").text
    reply(app, key, "Yes.")
    page = anna.get(f"/escalations/{key}").text
    assert "Build agent</bdi> replied" in page
    assert 'data-turn="founder"' in page
    assert "It’s the agent’s turn." not in page
    assert "Waits for the agent’s reply" not in anna.get("/").text
    assert "The agent replied about" in anna.get("/jobs/1").text


def test_what_cannot_be_asked_stays_in_the_form(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    text = "Is it sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc?"
    answer = ask_back(anna, key, text)
    assert answer.status_code == 422
    assert "This looks like a secret key." in answer.text
    assert f"\n{text}</textarea>" in answer.text
    assert ask_back(anna, key, " ").status_code == 422


def test_who_is_slower_is_told_whose_turn_it_is(
    anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    form = hidden(ben.get(f"/escalations/{key}").text, f'action="/escalations/{key}/ask"')
    ask_back(anna, key, "In test mode?")
    late = ben.post(f"/escalations/{key}/ask", data=form | {"text": "Which key?"})
    assert late.status_code == 409
    assert "It&#39;s the agent&#39;s turn." in late.text
    assert "Which key?</textarea>" in late.text


def test_who_only_reads_sees_what_was_said_and_no_form(
    anna: FlaskClient, olga: FlaskClient, ask: Ask
) -> None:
    key = ask()
    ask_back(anna, key, "In test mode?")
    page = olga.get(f"/escalations/{key}").text
    assert "In test mode?" in page
    assert f'action="/escalations/{key}/ask"' not in page


def test_a_reply_wakes_who_put_the_question_off(
    app: Flask, anna: FlaskClient, ask: Ask, sql
) -> None:
    key = ask()
    ask_back(anna, key, "In test mode?")
    form = hidden(anna.get(f"/escalations/{key}").text, 'id="snooze"')
    anna.post(f"/escalations/{key}/snooze", data=form | {"for": "tomorrow"})
    assert f'id="card-{key}"' not in anna.get("/").text
    reply(app, key, "Yes.")
    assert f'id="card-{key}"' in anna.get("/").text
