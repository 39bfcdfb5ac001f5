"""A question leads with the sentence that asks, wherever it is named."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import Job
from webapp.operations import answers, people

Ask = Callable[..., uuid.UUID]

TOLD, ASKS = "The confirmation mail is ready.", "May I send it to the 1,204 customers?"
BRIEF = f"{ASKS} …"


def linked(page: str, key: uuid.UUID) -> list[str]:
    """The texts of all links to the question."""
    return re.findall(rf'<a href="/escalations/{key}"[^>]*>([^<]*)</a>', page)


@pytest.fixture
def asked(ask: Ask) -> uuid.UUID:
    return ask(plain_english_problem=f"{TOLD} {ASKS}")


def test_a_card_leads_with_what_is_asked_and_says_that_there_is_more(
    anna: FlaskClient, asked: uuid.UUID
) -> None:
    page = anna.get("/").text
    assert linked(page, asked) == [BRIEF]
    assert TOLD not in page


def test_the_page_of_a_question_leads_with_what_is_asked_and_shows_the_rest(
    anna: FlaskClient, asked: uuid.UUID
) -> None:
    page = anna.get(f"/escalations/{asked}").text
    assert f'<h1 dir="auto">{ASKS}</h1>' in page
    assert f'<p class="prose" dir="auto">{TOLD}</p>' in page
    assert re.search(rf"<title>[^<]*{re.escape(BRIEF)}", page)


def test_feed_history_and_audit_lead_with_what_is_asked(
    app: Flask, anna: FlaskClient, asked: uuid.UUID
) -> None:
    with app.app_context():
        job = db.session.scalars(select(Job.id)).one()
        answers.resolve(asked, "skip_feature", by=DESK)
        link = people.make_link("owner@example.com")
    owner = app.test_client()
    owner.post(f"/sign-in/{link}")
    for browser, path in ((anna, f"/jobs/{job}"), (anna, "/history"), (owner, "/settings/audit")):
        page = browser.get(path).text
        assert BRIEF in linked(page, asked), path
        assert TOLD not in page, path


def test_a_question_of_one_sentence_has_no_mark(anna: FlaskClient, ask: Ask) -> None:
    key = ask(plain_english_problem=ASKS)
    assert linked(anna.get("/").text, key) == [ASKS]
    assert f"{ASKS}</h1>" in anna.get(f"/escalations/{key}").text


def test_a_suggestion_that_is_cut_says_so(anna: FlaskClient, ask: Ask) -> None:
    ask(recommended=None, recommended_action="Send it now. It takes a minute.")
    page = anna.get("/").text
    assert "<bdi>Send it now. …</bdi>" in page
    assert "It takes a minute" not in page
