"""A moment to take an answer back: held for a while, shown to everybody, undone by one button."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from werkzeug.test import TestResponse

from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import answers, escalations, holding

Ask = Callable[..., uuid.UUID]

pytestmark = pytest.mark.usefixtures("grace")


def stored(app: Flask, key: uuid.UUID) -> AgentEscalation:
    with app.app_context():
        found = db.session.get_one(AgentEscalation, key)
        db.session.expunge(found)
        return found


def undo(browser: FlaskClient, key: uuid.UUID, *, htmx: bool = False) -> TestResponse:
    token = hidden(browser.get(f"/escalations/{key}").text, 'id="take-back"')
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(f"/escalations/{key}/undo", data=token, headers=headers)


def form(page: str) -> str:
    found = re.search(r'<form id="answer".*?</form>', page, re.S)
    assert found
    return found[0]


def test_an_answer_is_held_and_everybody_reads_whose_it_is(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    assert send(anna, key, decision="skip_feature", guidance="Not now.").status_code == 303
    assert stored(app, key).status == "pending"
    for browser in (anna, ben):
        page = browser.get(f"/escalations/{key}").text
        assert 'data-status="held"' in page
        assert "<bdi>Anna</bdi> answered" in page
        for words in ("Leave it out", "Not now.", "The agent gets it in", "Take it back"):
            assert words in page


def test_a_held_question_waits_for_nobody_until_it_is_taken_back(
    anna: FlaskClient, ask: Ask
) -> None:
    key, other = ask(), ask(plain_english_problem="And this one?")
    send(anna, key, "skip")
    inbox = anna.get("/").text
    assert f"card-{key}" not in inbox
    assert 'data-count="1"' in inbox
    assert anna.get("/escalations/next").location == f"/escalations/{other}"
    assert undo(anna, key).status_code == 200
    inbox = anna.get("/").text
    assert f"card-{key}" in inbox
    assert 'data-count="2"' in inbox


def test_who_takes_it_back_finds_the_form_as_it_was(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    typed = {"decision": "provide_guidance", "guidance": "A long\nthought"}
    send(anna, key, **typed)
    back = undo(anna, key)
    assert back.status_code == 200
    page = back.text
    assert "<bdi>Anna</bdi> took an answer back." in page
    assert "A long\nthought</textarea>" in form(page)
    assert re.search(r'value="provide_guidance" required checked', form(page))
    for browser in (ben, anna):  # what was taken back is in her browser, and nowhere else
        later = form(browser.get(f"/escalations/{key}").text)
        assert "thought" not in later
        assert "checked" not in later
    send(anna, key, **typed | {"guidance": "A short one"})
    found = stored(app, key).held
    assert found
    assert found["guidance"] == "A short one"


def test_with_htmx_it_is_undone_in_place(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    part = send(anna, key, decision="skip_feature", htmx=True)
    assert 'data-status="held"' in part.text
    assert "csrf_token" not in part.text
    back = undo(anna, key, htmx=True)
    assert back.status_code == 200
    assert back.text.startswith('<section id="question-state"')
    assert 'data-status="pending"' in back.text


def test_too_late_is_said_in_place(anna: FlaskClient, ask: Ask, app: Flask) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    token = hidden(anna.get(f"/escalations/{key}").text, 'id="take-back"')
    with app.app_context(), time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert holding.release_due() == 1
    whole = anna.post(f"/escalations/{key}/undo", data=token)
    assert whole.status_code == 409
    assert "too late to take the answer back" in whole.text
    assert 'data-status="resolved"' in whole.text
    headers = {"HX-Request": "true"}
    part = anna.post(f"/escalations/{key}/undo", data=token, headers=headers)
    assert part.status_code == 409
    assert part.text.startswith('<section id="question-state"')
    assert "too late to take the answer back" in part.headers["HX-Trigger"]


def test_taking_back_twice_is_fine_and_a_withdrawn_question_says_why(
    anna: FlaskClient, ben: FlaskClient, ask: Ask, app: Flask
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    first = anna.get(f"/escalations/{key}").text
    assert undo(ben, key).status_code == 200
    again = anna.post(f"/escalations/{key}/undo", data=hidden(first, 'id="take-back"'))
    assert again.location == f"/escalations/{key}"
    with app.app_context():
        escalations.withdraw(key, "Solved.", by=DESK)
    late = undo(anna, key)
    assert late.status_code == 409
    assert "The agent no longer needs an answer" in late.text


def test_the_second_answer_loses_also_while_the_first_is_held(
    anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    late = send(ben, key, decision="provide_guidance", guidance="My long thought")
    assert late.status_code == 409
    for words in ("<bdi>Anna</bdi> answered", "Leave it out", "My long thought", "data-touched"):
        assert words in late.text


def test_nothing_is_undone_without_the_token_by_reading_or_by_an_observer(
    app: Flask, anna: FlaskClient, olga: FlaskClient, otto: FlaskClient, ask: Ask
) -> None:
    key = ask()
    send(anna, key, decision="skip_feature")
    assert anna.post(f"/escalations/{key}/undo").status_code == 400
    assert anna.get(f"/escalations/{key}/undo").status_code == 405
    page = olga.get(f"/escalations/{key}").text
    assert "<bdi>Anna</bdi> answered" in page
    assert "Take it back" not in page
    token = hidden(olga.get("/").text, 'action="/sign-out"')
    assert olga.post(f"/escalations/{key}/undo", data=token).status_code == 403
    token = hidden(otto.get("/").text, 'action="/sign-out"')
    assert otto.post(f"/escalations/{key}/undo", data=token).status_code == 404
    assert stored(app, key).held_until is not None


def test_an_answer_through_the_api_is_never_held(
    app: Flask, founder: dict[str, str], ask: Ask
) -> None:
    key = ask()
    answer = app.test_client().post(
        f"/api/escalations/{key}/resolve", json={"decision": "skip_feature"}, headers=founder
    )
    assert answer.status_code == 200
    assert stored(app, key).status == "resolved"


def test_an_answer_that_nobody_picked_up_is_amber_after_a_while(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False), app.app_context():
        key = ask()
        answers.resolve(key, "skip_feature", by=DESK)
        fresh = anna.get(f"/escalations/{key}").text
    assert re.search(r'<p class="unheard" data-shows-at="[^"]+" hidden>', fresh)
    with time_machine.travel(start + timedelta(minutes=2), tick=False):
        late = anna.get(f"/escalations/{key}").text
    assert re.search(r'<p class="unheard" data-shows-at="[^"]+">', late)


def test_the_next_question_is_one_tap_away_or_the_inbox_is(anna: FlaskClient, ask: Ask) -> None:
    key, other = ask(), ask(plain_english_problem="And this one?")
    send(anna, key, decision="skip_feature")
    page = anna.get(f"/escalations/{key}").text
    assert 'href="/escalations/next"' in page
    assert "1 question is waiting" in page
    send(anna, other, decision="skip_feature")
    page = anna.get(f"/escalations/{other}").text
    assert "Back to the inbox" in page
