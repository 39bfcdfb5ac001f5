"""Answering and skipping, with scripts and without."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, post, send
from sqlalchemy import update

from webapp.actors import DESK
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation, BrowserSession
from webapp.operations import answers, people

Ask = Callable[..., uuid.UUID]


def stored(app: Flask, key: uuid.UUID) -> AgentEscalation:
    with app.app_context():
        found = db.session.get_one(AgentEscalation, key)
        db.session.expunge(found)
        return found


def test_an_answer_without_scripts_leads_back_to_the_question(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    answer = send(anna, key, decision="provide_guidance", guidance="Use\r\nthe old one.  ")
    assert (answer.status_code, answer.location) == (303, f"/escalations/{key}")
    found = stored(app, key)
    assert (found.status, found.founder_decision) == ("resolved", "provide_guidance")
    assert found.founder_guidance == "Use\nthe old one."
    assert (found.resolved_by, found.resolved_by_ref) == ("Anna", "person:1")


def test_skipping_takes_the_guidance_along(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    assert send(anna, key, "skip", guidance="Later.").status_code == 303
    found = stored(app, key)
    assert (found.status, found.founder_decision, found.founder_guidance) == (
        "skipped",
        None,
        "Later.",
    )


def test_with_htmx_the_answer_is_the_region_that_the_stream_sends(
    anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    answer = send(anna, key, decision="skip_feature", htmx=True)
    assert answer.status_code == 200
    assert answer.text.startswith('<section id="question-state"')
    assert 'data-status="resolved"' in answer.text
    assert "csrf_token" not in answer.text
    assert answer.text in anna.get(f"/escalations/{key}").text
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose an answer"),
        ({"decision": "made_up"}, "Choose one of these options"),
        ({"decision": "skip_feature", "guidance": "x" * 20_001}, "at most 20,000 characters"),
    ],
)
def test_a_mistake_comes_back_with_what_was_typed(
    app: Flask, anna: FlaskClient, ask: Ask, fields: dict[str, str], words: str
) -> None:
    key = ask()
    typed = {"guidance": "Half a thought"} | fields
    for htmx in (False, True):
        answer = send(anna, key, htmx=htmx, **typed)
        assert answer.status_code == 422
        assert words in answer.text
        assert typed["guidance"] in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert answer.headers.get("HX-Retarget") == ("#answer" if htmx else None)
        assert ("<html" in answer.text) != htmx
    assert stored(app, key).status == "pending"


def test_free_words_must_fit_where_there_are_no_options(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask(options=[])
    assert send(anna, key, decision="y" * 256, guidance="Kept").status_code == 422
    assert send(anna, key, decision="Zero\x00 byte").status_code == 303
    assert stored(app, key).founder_decision == "Zero byte"


@pytest.mark.parametrize("grace", [0, 60])
@pytest.mark.parametrize("action", ["resolve", "skip"])
def test_the_same_answer_sent_twice_is_the_same(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask, action: str, grace: float
) -> None:
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], decision_grace_s=grace)
    key = ask()
    opened = hidden(anna.get(f"/escalations/{key}").text)
    bens = hidden(ben.get(f"/escalations/{key}").text)
    typed = {"decision": "skip_feature", "guidance": "Not now."}
    for htmx in (True, True, False):
        answer = post(anna, key, action, opened, htmx=htmx, **typed)
        assert answer.status_code == (200 if htmx else 303), answer.text
    assert post(anna, key, action, opened, **typed | {"guidance": "Now!"}).status_code == 409
    other = "skip" if action == "resolve" else "resolve"
    assert post(anna, key, other, opened, **typed).status_code == 409
    assert post(ben, key, action, bens, **typed).status_code == 409


def test_who_comes_second_sees_who_when_what_and_keeps_the_text(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    """FIELD: the losing answer is told "success"."""
    key = ask()
    opened = hidden(anna.get(f"/escalations/{key}").text)
    send(ben, key, decision="skip_feature", guidance="Not now.")
    typed = {"decision": "provide_guidance", "guidance": "My long thought"}
    late = post(anna, key, "resolve", opened, **typed)
    assert late.status_code == 409
    for words in ("Ben", "Leave it out", "Not now.", "My long thought", "was closed before you"):
        assert words in late.text
    part = post(anna, key, "skip", opened, htmx=True, guidance="My long thought")
    assert part.status_code == 409
    assert part.text.startswith('<section id="question-state"')
    assert "Ben" in part.text
    assert stored(app, key).resolved_by == "Ben"


def test_without_the_token_of_the_form_nothing_happens(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    for verb in ("resolve", "skip"):
        answer = post(anna, key, verb, {}, decision="skip_feature")
        assert answer.status_code == 400
        assert "reload the page" in answer.text
    assert stored(app, key).status == "pending"


def test_a_form_of_an_ended_session_is_refused_in_place(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    opened = hidden(anna.get(f"/escalations/{key}").text)
    with app.app_context():
        db.session.execute(update(BrowserSession).values(ended_at=now()))
        db.session.commit()
    part = post(anna, key, "resolve", opened, htmx=True, decision="skip_feature")
    assert part.status_code == 401
    whole = post(anna, key, "resolve", opened, decision="skip_feature")
    assert (whole.status_code, whole.location) == (303, "/sign-in")
    assert stored(app, key).status == "pending"


def test_reading_answers_nothing(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    for verb in ("resolve", "skip"):
        assert anna.get(f"/escalations/{key}/{verb}?decision=skip_feature").status_code == 405
    assert stored(app, key).status == "pending"


def test_outsiders_observers_and_strangers_answer_nothing(
    app: Flask, otto: FlaskClient, ask: Ask
) -> None:
    key, own = ask(), ask(project="other")
    token = hidden(otto.get(f"/escalations/{own}").text)
    assert post(otto, key, "resolve", token, decision="skip_feature").status_code == 404
    with app.app_context():
        link = people.make_link("olga@example.com", role="observer", project_id="shop")
    olga = app.test_client()
    olga.post(f"/sign-in/{link}")
    token = hidden(olga.get("/").text, 'action="/sign-out"')
    assert post(olga, key, "skip", token).status_code == 403
    stranger = app.test_client()
    assert post(stranger, key, "skip", {}).status_code == 400
    assert stored(app, key).status == "pending"


def test_a_boosted_form_gets_the_whole_page(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    token = hidden(anna.get(f"/escalations/{key}").text)
    headers = {"HX-Request": "true", "HX-Boosted": "true"}
    url = f"/escalations/{key}/resolve"
    answer = anna.post(url, data=token | {"decision": "skip_feature"}, headers=headers)
    assert answer.status_code == 303


def test_a_page_is_whole_also_when_history_is_restored(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    with app.app_context():
        answers.skip(key, by=DESK)
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    for path in ("/", "/history", "/jobs", f"/escalations/{key}"):
        assert "<html" in anna.get(path, headers=headers).text
