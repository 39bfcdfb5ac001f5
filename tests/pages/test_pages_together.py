"""Several questions with the same options, answered together from the inbox."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import send
from werkzeug.test import TestResponse

from webapp.extensions import db
from webapp.models import AgentEscalation

Ask = Callable[..., uuid.UUID]

RED = {"value": "red", "label": "The red one"}
BLUE = {"value": "blue", "label": "The blue one"}
DROP = {"value": "drop", "label": "Drop the old one", "irreversible": True}
PATH = "/escalations/together"


@pytest.fixture
def three(ask: Ask) -> list[uuid.UUID]:
    return [ask(f"build-{n}", options=[RED, BLUE, DROP], recommended=None) for n in range(3)]


def opened(browser: FlaskClient, keys: list[uuid.UUID]) -> TestResponse:
    """The page that the bar of the inbox leads to."""
    return browser.get(PATH, query_string=[("q", str(key)) for key in keys])


def fields(page: TestResponse) -> dict[str, list[str]]:
    form = re.search(rf'<form[^>]*action="{PATH}.*?</form>', page.text, re.S)
    assert form, page.text
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]):
        found.setdefault(name, []).append(unescape(value))
    return found


def answer(browser: FlaskClient, page: TestResponse, decision: str, **more: str) -> TestResponse:
    return browser.post(PATH, data=fields(page) | {"decision": decision} | more)


def decisions(app: Flask, keys: list[uuid.UUID]) -> list[str | None]:
    with app.app_context():
        return [db.session.get_one(AgentEscalation, key).founder_decision for key in keys]


def picks(browser: FlaskClient) -> dict[str, str]:
    """The questions whose card can be selected, each with what it shares."""
    box = r'name="q" value="([^"]+)" form="together" data-same="(\w+)"'
    return dict(re.findall(box, browser.get("/?select=1").text))


def test_cards_that_share_their_options_can_be_selected(
    anna: FlaskClient, olga: FlaskClient, ask: Ask, three: list[uuid.UUID]
) -> None:
    ask(options=[RED, BLUE])  # alone with its options
    ask(options=[], recommended=None)
    found = picks(anna)
    assert set(found) == {str(key) for key in three}
    assert len(set(found.values())) == 1
    assert picks(olga) == {}, "she may not answer"
    assert 'class="card-pick"' not in anna.get("/").text
    assert 'href="/?select=1"' in anna.get("/").text


def test_one_tap_answers_all_of_them(
    app: Flask, anna: FlaskClient, three: list[uuid.UUID], sql
) -> None:
    page = opened(anna, three)
    assert page.status_code == 200
    assert "The blue one" in page.text
    assert "Drop the old one" not in page.text, "it can't be undone, so it's asked about alone"
    done = answer(anna, page, "blue", guidance="It fits the logo.")
    assert done.status_code == 200
    assert "3 questions answered" in done.text
    assert decisions(app, three) == ["blue"] * 3
    rows = sql("select distinct founder_guidance, resolved_by from agent_escalations")
    assert [tuple(row) for row in rows] == [("It fits the logo.", "Anna")]
    assert len(sql("select id from audit_events where action = 'question.answered'")) == 3
    again = answer(anna, page, "blue", guidance="It fits the logo.")
    assert "3 questions answered" in again.text, "the same answer again is no conflict"


def test_somebody_who_was_faster_keeps_only_their_question(
    app: Flask, anna: FlaskClient, ben: FlaskClient, three: list[uuid.UUID]
) -> None:
    page = opened(anna, three)
    assert send(ben, three[1], decision="red").status_code == 303
    assert "1 of the selected questions no longer needs an answer." in opened(anna, three).text
    done = answer(anna, page, "blue")
    assert "2 questions answered" in done.text
    assert "1 was already answered by <bdi>Ben</bdi>." in done.text
    assert decisions(app, three) == ["blue", "red", "blue"]
    assert (
        "1 of the selected questions no longer needs an answer." in opened(anna, three).text
        or "Already answered" in opened(anna, three).text
    )


def test_each_answer_is_bound_to_what_was_shown(
    app: Flask, anna: FlaskClient, three: list[uuid.UUID]
) -> None:
    form = fields(opened(anna, three))
    form["q"][0] = f"{three[0]}:{'0' * 64}"
    form["q"][1] = str(three[1])
    done = anna.post(PATH, data=form | {"decision": "red"})
    assert "1 question answered" in done.text
    assert done.text.count("This question changed after you read it.") == 2
    assert decisions(app, three) == [None, None, "red"]


def test_all_of_each_question_is_shown_before_one_tap_answers_it(
    anna: FlaskClient, ask: Ask, three: list[uuid.UUID]
) -> None:
    words = "May I restart the preview? And delete the production database."
    long = ask(options=[RED, BLUE, DROP], recommended=None, plain_english_problem=words)
    page = opened(anna, [three[0], long])
    assert "And delete the production database." in page.text


@pytest.mark.parametrize("decision", ["drop", "green", ""])
def test_only_what_one_tap_gives_is_taken(
    app: Flask, anna: FlaskClient, three: list[uuid.UUID], decision: str
) -> None:
    assert answer(anna, opened(anna, three), decision).status_code == 422
    assert decisions(app, three) == [None] * 3


def test_questions_with_other_options_are_not_answered_together(
    anna: FlaskClient, ask: Ask, three: list[uuid.UUID]
) -> None:
    page = opened(anna, [three[0], ask(options=[RED, BLUE])])
    assert page.status_code == 422
    assert "Select questions with the same options." in page.text
    assert 'name="decision"' not in page.text


@pytest.mark.usefixtures("grace")
def test_all_of_them_are_taken_back_together(
    app: Flask, anna: FlaskClient, ben: FlaskClient, three: list[uuid.UUID]
) -> None:
    done = answer(anna, opened(anna, three), "blue")
    assert 'class="sent-bar"' not in done.text, "the page takes all of them back"
    assert "<h1>Already answered</h1>" in opened(ben, three).text
    undo = fields(done)
    assert undo["q"] == [str(key) for key in three]
    back = anna.post(f"{PATH}/undo", data=undo)
    assert "3 answers taken back" in back.text
    assert set(picks(anna)) == {str(key) for key in three}
    assert decisions(app, three) == [None] * 3


def test_what_is_with_the_agent_is_not_taken_back(
    anna: FlaskClient, three: list[uuid.UUID]
) -> None:
    done = answer(anna, opened(anna, three), "blue")
    assert f"{PATH}/undo" not in done.text
    token = fields(opened(anna, three))["csrf_token"]
    late = anna.post(f"{PATH}/undo", data={"csrf_token": token, "q": [str(three[0])]})
    assert "0 answers taken back" in late.text
    assert "too late" in late.text


def test_an_observer_or_an_outsider_answers_none(
    app: Flask, olga: FlaskClient, otto: FlaskClient, three: list[uuid.UUID]
) -> None:
    assert opened(olga, three).status_code == 403
    assert opened(otto, three).status_code == 404
    assert decisions(app, three) == [None] * 3


def test_a_selection_is_of_questions_and_not_endless(anna: FlaskClient) -> None:
    assert anna.get(PATH).status_code == 303
    assert anna.get(f"{PATH}?q=nonsense").status_code == 404
    many = [("q", str(uuid.uuid4())) for _ in range(51)]
    assert anna.get(PATH, query_string=many).status_code == 422
