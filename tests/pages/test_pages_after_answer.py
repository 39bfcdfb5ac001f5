"""What a question's page says after the answer, and how a question is forwarded."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK
from webapp.operations import answers, receipts

Ask = Callable[..., uuid.UUID]

SIMPLER = {"value": "simpler_version", "label": "Build less", "description": ""}


@pytest.fixture
def outcome(app: Flask) -> Callable[..., None]:
    """Answers a question, and reports what became of the answer."""

    def reporting(key: uuid.UUID, decision: str | None, stage: str, note: str | None) -> None:
        with app.app_context():
            if decision is None:
                answers.skip(key, by=DESK)
            else:
                answers.resolve(key, decision, by=DESK)
            receipts.give(key, stage, note, by=DESK)

    return reporting


def receipt(page: str) -> str:
    found = re.search(r'<ol class="receipt".*?</ol>', page, re.S)
    assert found
    return unescape(found[0])


@pytest.mark.parametrize("decision", ["skip_feature", None])
def test_what_was_left_out_is_no_success(
    anna: FlaskClient, ask: Ask, outcome, decision: str | None
) -> None:
    key = ask()
    outcome(key, decision, "worked", None)
    told = receipt(anna.get(f"/escalations/{key}").text)
    assert "Left out, as decided" in told
    assert "It worked" not in told
    assert 'data-done="worked"' not in told
    history = anna.get("/history").text
    assert "Left out, as decided" in history
    assert 'data-state="worked"' not in history


def test_another_answer_that_worked_is_a_success(anna: FlaskClient, ask: Ask, outcome) -> None:
    key = ask(options=[SIMPLER], recommended=None)
    outcome(key, "simpler_version", "worked", None)
    assert "It worked" in receipt(anna.get(f"/escalations/{key}").text)


def test_a_failure_says_why_and_leads_to_the_next_question(
    anna: FlaskClient, otto: FlaskClient, ask: Ask, outcome
) -> None:
    signature = "shop:CardRefused:v1-00000000000000aa"
    first = ask(error_signature=signature)
    ask(job="build-9", error_signature=signature)  # another job's
    outcome(first, "provide_guidance", "failed", "The key was <refused>.")
    page = anna.get(f"/escalations/{first}").text
    assert "It failed again: The key was <refused>." in receipt(page)
    assert "The agent asked you again" not in page
    second = ask(error_signature=signature)
    page = anna.get(f"/escalations/{first}").text
    assert f'href="/escalations/{second}">The agent asked you again' in page
    assert otto.get(f"/escalations/{first}").status_code == 404


def test_a_question_is_forwarded_as_a_link_or_as_text(anna: FlaskClient, ask: Ask) -> None:
    key = ask(plain_english_problem="Is <b>this</b> & that right?")
    page = anna.get(f"/escalations/{key}").text
    address = f"http://localhost/escalations/{key}"
    assert f'<code id="forward-link">{address}</code>' in page
    found = re.search(r'<pre id="forward-text"[^>]*>(.*?)</pre>', page, re.S)
    assert found
    text = unescape(found[1])
    assert text.startswith("Is <b>this</b> & that right?")
    for part in (
        "- I tried the card again.",
        "- Leave it out: No payments yet.",
        "Project: shop",
        "Error type: CardRefused",
        address,
    ):
        assert part in text.splitlines()
    assert "\n\n\n" not in text
