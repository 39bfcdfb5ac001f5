"""The question page, as it is read."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import send

from webapp.actors import DESK
from webapp.operations import escalations, people, receipts
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report

Ask = Callable[..., uuid.UUID]

SCRIPT = "<script>alert('é')</script>"
STRANGE = {
    "markup": f"{SCRIPT} &amp; <img src=x onerror=alert(1)> \"'` {{{{ 7*7 }}}}",
    "emoji": "🧨🙂👩‍👩‍👧‍👦 the build 💥",
    "right to left": "‏فشل البناء: المفتاح مفقود.",
    "a very long word": "x" * 5_000,
    "100 kB": "A sentence of a long story that never ends " * 2_330,
}


def test_it_tells_what_happened_what_was_tried_and_what_is_suggested(
    anna: FlaskClient, ask: Ask
) -> None:
    key = ask(plain_english_problem="I cannot take payments. The card is refused.")
    page = anna.get(f"/escalations/{key}").text
    assert len(re.findall(r"<h1", page)) == 1
    assert re.search(r"<h1[^>]*>I cannot take payments.</h1>", page)
    for words in ("The card is refused.", "I tried another card.", "Suggested:", "build-1"):
        assert words in page
    assert page.count("Recommended") == 1
    assert re.search(r"Leave it out</span> <span class=\"recommended\"", page)


def test_technical_details_are_folded(app: Flask, anna: FlaskClient) -> None:
    report = Report("s", "AuthError", "Invalid API key\n  at line 47", plain_english_problem="No.")
    with app.app_context():
        verdict = receive.report("build-1", "shop", report, by=DESK)
    page = anna.get(f"/escalations/{verdict.escalation_id}").text
    plain, technical = page.split('<details class="technical"')
    for words in ("AuthError", "at line 47", verdict.matched_rule, verdict.error_signature):
        assert words in technical
    assert "at line 47" not in plain
    assert "open" not in technical.split(">")[0]


@pytest.mark.parametrize("number", range(11))
def test_any_number_of_options_is_shown_and_answers(
    anna: FlaskClient, ask: Ask, number: int
) -> None:
    """FIELD: exactly four options rendered nothing."""
    options = [
        {"value": f"choice-{n}", "label": f"Choice {n}", "description": "What then happens. " * n}
        for n in range(number)
    ]
    key = ask(options=options)
    page = anna.get(f"/escalations/{key}").text
    assert page.count('type="radio"') == number
    assert ('id="decision"' in page) == (number == 0)
    decision = f"choice-{number - 1}" if number else "Take the blue one"
    assert send(anna, key, decision=decision).status_code == 303
    payload = f"Choice {number - 1}" if number else "Take the blue one"
    assert f"<strong>{payload}</strong>" in anna.get(f"/escalations/{key}").text


def test_options_may_be_bare_values(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[{"value": "yes"}, {"value": "no", "label": None}])
    page = anna.get(f"/escalations/{key}").text
    assert page.count('type="radio"') == 2


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_any_text_is_safe_and_whole(app: Flask, anna: FlaskClient, ask: Ask, text: str) -> None:
    option = {"value": "one", "label": text[:2000], "description": text}
    key = ask(
        job=text[:200],
        plain_english_problem=text,
        attempts_summary=[text],
        recommended_action=text,
        options=[option],
        error_message=text,
        error_type=text[:200],
    )
    for path in (f"/escalations/{key}", "/", "/jobs"):
        page = anna.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "onerror=" not in re.sub(r">[^<]*<", "><", page.text)
    question = unescape(anna.get(f"/escalations/{key}").text)
    assert question.count(text.strip()) >= 3
    guidance = text.strip()[:20_000]
    assert send(anna, key, decision="one", guidance=guidance).status_code == 303
    assert guidance in unescape(anna.get(f"/escalations/{key}").text)
    for path in ("/history", "/jobs/1"):
        page = anna.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_after_the_answer_it_says_who_when_what_and_what_became_of_it(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    send(ben, key, decision="skip_feature", guidance="Not now.")
    page = anna.get(f"/escalations/{key}").text
    for words in ("Ben", "Leave it out", "Not now.", "just now", "Back to the inbox"):
        assert words in page
    assert 'id="answer"' not in page
    assert "Not yet delivered to the agent" in page
    with app.app_context():
        receipts.note_delivery(key)
        receipts.give(key, "picked_up", by=DESK)
        receipts.give(key, "failed", "Still refused.", by=DESK)
    page = anna.get(f"/escalations/{key}").text
    for words in ("Delivered to the agent", "Picked up", "It failed again", "Still refused."):
        assert words in page
    assert "Not yet" not in page


def test_a_withdrawn_question_says_so(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    with app.app_context():
        escalations.withdraw(key, "It works again.", by=DESK)
    page = anna.get(f"/escalations/{key}").text
    assert "No longer needs an answer" in page
    assert "It works again." in page
    assert 'id="answer"' not in page


def test_an_observer_reads_and_has_no_form(app: Flask, ask: Ask) -> None:
    key = ask()
    with app.app_context():
        link = people.make_link("olga@example.com", role="observer", project_id="shop")
    olga = app.test_client()
    olga.post(f"/sign-in/{link}")
    page = olga.get(f"/escalations/{key}").text
    assert 'id="answer"' not in page
    assert "you need the role Can answer" in page


def test_of_another_project_and_unknown_are_the_same(
    anna: FlaskClient, otto: FlaskClient, ask: Ask
) -> None:
    key = ask()
    foreign, unknown = otto.get(f"/escalations/{key}"), anna.get(f"/escalations/{uuid.uuid4()}")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text == unknown.text
    assert anna.get("/escalations/no-id").status_code == 404
