"""The problems that agents ran into, the story of each, and the standing rules."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation, Attempt, Problem, StandingRule
from webapp.operations import answers, problems, receipts
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category

ANNA = Actor(ref="token:900", name="Anna", grants={"*": "founder"})
BUG = "TypeError: cart.total is not a function"

Tell = Callable[..., Verdict]


def answer(
    app: Flask, asked: Verdict, decision: str | None = "skip_feature", days: int = 0
) -> None:
    assert asked.escalation_id is not None
    with app.app_context():
        given = answers.Answer(decision, "Not now.", days or None)
        answers.give(uuid.UUID(asked.escalation_id), given, by=ANNA)


def problem_key(app: Flask, asked: Verdict) -> int:
    with app.app_context():
        query = db.select(Problem.id).filter_by(error_signature=asked.error_signature)
        return db.session.scalars(query).one()


def rule_key(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(
            db.select(StandingRule.id).order_by(StandingRule.id.desc())
        ).first()


def stop(
    browser: FlaskClient, rule: int, page: str = "/problems", *, htmx: bool = False
) -> TestResponse:
    headers = {"HX-Request": "true"} if htmx else {}
    fields = hidden(browser.get(page).text, 'id="stop-rule"')
    return browser.post(f"/problems/rules/{rule}/revoke", data=fields, headers=headers)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_desk_without_problems_says_what_will_stand_there(anna: FlaskClient) -> None:
    page = anna.get("/problems")
    assert page.status_code == 200
    assert "No problems yet" in page.text
    assert 'aria-current="page">Problems' in page.text


def test_a_problem_stands_once_however_often_it_comes_back(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked)
    with app.app_context():
        receipts.give(uuid.UUID(asked.escalation_id or ""), "worked", by=ANNA)
        problems.heal("build-1", "shop", asked.error_signature, by=ANNA)
    tell()
    words = text_of(anna.get("/problems").text)
    assert words.count("I need an access key for Stripe") == 1
    for part in (
        "Leave this feature out",
        "Left out, as decided",
        "Seen 2 times",
        "solved 1 time",
    ):
        assert part in words
    assert "asked 2 times" in words


def test_a_problem_that_nobody_was_asked_about_has_plain_words_too(
    anna: FlaskClient, tell: Tell
) -> None:
    tell(error_message=BUG, intent="Set up the payment page", approach="Tried cart.total()")
    listed = anna.get("/problems").text
    words = text_of(listed)
    assert "I wanted to set up the payment page." in words
    assert re.search(r"This part [^.]+\. I wanted", words)
    assert "never asked" in words
    assert "TypeError" not in listed
    assert "cart.total" not in listed


def test_what_came_up_last_stands_first_and_older_ones_are_a_page_away(
    anna: FlaskClient, tell: Tell
) -> None:
    for number in range(35):
        tell(error_message=f"No module named 'package{number}'", signature=f"number-{number}")
    first = anna.get("/problems").text
    older = re.search(r'href="(/problems\?cursor=[^"]+)"', first)
    assert older
    second = anna.get(older[1]).text
    shown = [re.findall(r'id="problem-(\d+)"', page) for page in (first, second)]
    assert [len(page) for page in shown] == [30, 5]
    keys = [int(key) for page in shown for key in page]
    assert keys == sorted(keys, reverse=True)
    assert "problems-rules" not in second


def test_a_cursor_that_is_none_is_refused_with_words(anna: FlaskClient) -> None:
    answer = anna.get("/problems?cursor=nonsense")
    assert answer.status_code == 422
    assert "Start again without it" in answer.text


def test_the_story_of_a_problem_tells_tries_questions_and_rule(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    approaches = ("Used another way to add up", "chmod 755 ./run.sh", None, "Asked the other side")
    for approach in approaches:
        asked = tell(error_message=BUG, approach=approach)
    answer(app, asked, "simpler_version", days=30)
    tell(error_message=BUG, approach="Built it in a simpler way")
    page = anna.get(f"/problems/{problem_key(app, asked)}")
    assert page.status_code == 200
    plain, _, technical = page.text.partition('<details class="technical"')
    words = text_of(plain)
    for part in (
        "Used another way to add up.",
        "A technical approach. See Technical details.",
        "The agent didn't report what it tried.",
        "Failed, the agent tried another way",
        "Failed, the agent asked for help",
        "Build a simpler version",
        "Not now.",
        "Anna , since",
        "not used yet",
        "Another approach can fix this",
    ):
        assert part in words, part
    assert "chmod" not in plain
    assert "TypeError" not in plain
    assert "chmod 755" in technical
    assert asked.error_signature in technical


def test_a_corrected_category_says_whose_word_it_is(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    with app.app_context():
        key = uuid.UUID(asked.escalation_id or "")
        problems.correct_category(key, Category.ENV_ERROR, by=ANNA)
    words = text_of(anna.get(f"/problems/{problem_key(app, asked)}").text)
    assert "Waiting can fix this, said Anna" in words


@pytest.mark.parametrize("path", ["/problems", "/problems/1"])
def test_nobody_reads_without_signing_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_another_project_is_as_if_it_were_not_there(
    app: Flask, otto: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked, days=30)
    assert "Stripe" not in otto.get("/problems").text
    assert otto.get(f"/problems/{problem_key(app, asked)}").status_code == 404
    assert stop(otto, rule_key(app)).status_code == 404


@pytest.mark.parametrize("key", ["0", "12345", "9" * 25, "abc"])
def test_a_problem_that_is_none_is_not_found(anna: FlaskClient, key: str) -> None:
    page = anna.get(f"/problems/{key}")
    assert page.status_code == 404
    assert "<h1" in page.text


def test_a_rule_is_listed_with_its_terms_and_stopped_by_one_button(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    answer(app, tell(), days=30)
    tell()  # takes up the answer
    tell(job="build-2")
    words = text_of(anna.get("/problems").text)
    for part in (
        "Standing rules",
        "Anna , since",
        "until",
        "used 1 time",
        "Stop this rule",
        "answered by a rule 1 time",
    ):
        assert part in words, part
    stopped = stop(anna, rule_key(app))
    assert (stopped.status_code, stopped.location) == (303, "/problems")
    assert "Standing rules</h2>" not in anna.get("/problems").text
    assert "Waiting for an answer" not in anna.get("/problems").text
    tell(job="build-3")  # takes up the answer of the rule
    assert tell(job="build-3").verdict == "escalate"
    assert "Waiting for an answer" in anna.get("/problems").text


def test_a_rule_is_stopped_in_place_on_either_page(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked, days=30)
    own_page = f"/problems/{problem_key(app, asked)}"
    assert "Stop this rule" in anna.get(own_page).text
    part = stop(anna, rule_key(app), own_page, htmx=True).text
    assert part.startswith('<section id="problem-rule"')
    assert "Stop this rule" not in part
    again = stop(anna, rule_key(app), htmx=True)
    assert again.status_code == 200
    assert again.text.startswith('<section id="problems-rules"')
    assert stop(anna, rule_key(app), own_page).location == own_page


def test_a_rule_that_is_none_is_not_found(anna: FlaskClient) -> None:
    for key in (7, 10**25):
        assert stop(anna, key).status_code == 404


def test_a_rule_is_not_stopped_without_the_token_of_the_page(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    answer(app, tell(), days=30)
    assert anna.post(f"/problems/rules/{rule_key(app)}/revoke").status_code == 400
    assert "Stop this rule" in anna.get("/problems").text


def test_an_observer_sees_all_of_it_and_stops_nothing(
    app: Flask, olga: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked, days=30)
    for path in ("/problems", f"/problems/{problem_key(app, asked)}"):
        page = olga.get(path).text
        assert "Anna" in page
        assert "Stop this rule" not in page
    assert stop(olga, rule_key(app)).status_code == 403
    with app.app_context():
        assert db.session.get(StandingRule, rule_key(app)).revoked_at is None


def test_a_rule_of_a_problem_that_is_no_longer_on_record_leads_to_its_question(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked, days=7)
    with app.app_context():
        for table in (Attempt, Problem):
            db.session.execute(db.delete(table))
        db.session.commit()
        question = db.session.get_one(AgentEscalation, uuid.UUID(asked.escalation_id))
        words = question.plain_english_problem
    page = anna.get("/problems").text
    assert words in text_of(page)
    assert f'href="/escalations/{asked.escalation_id}"' in page


def test_a_rule_that_was_stopped_says_when_and_by_whom_on_both_pages(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    asked = tell()
    answer(app, asked, days=30)
    own_page = f"/problems/{problem_key(app, asked)}"
    assert "Rules that ended" not in anna.get("/problems").text
    stop(anna, rule_key(app))
    for page in ("/problems", own_page):
        words = text_of(anna.get(page).text)
        assert re.search(r"Anna stopped it on \d+ \w+ ?\.", words), page
    assert "Answered automatically until it ended: Leave this feature out" in text_of(
        anna.get(own_page).text
    )
    assert "Stop this rule" not in anna.get(own_page).text


def test_a_rule_that_failed_says_so_where_the_question_is_asked_again(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    for _ in range(4):
        asked = tell(error_message=BUG)
    answer(app, asked, "simpler_version", days=30)
    for _ in range(10):
        again = tell(job="build-2", error_message=BUG)
        if again.verdict == "escalate":
            break
    page = text_of(anna.get(f"/escalations/{again.escalation_id}").text)
    assert "Your standing rule answered this, but it failed again. The rule has ended." in page
    assert "It failed again." in page.partition("Earlier answers")[2]
    assert "hasn't reported yet whether it worked" not in page.partition("It failed again.")[0]
    why = r"Ended on \d+ \w+ because its answer didn.t help in build-2\. You were asked again\."
    for shown in ("/problems", f"/problems/{problem_key(app, asked)}"):
        assert re.search(why, text_of(anna.get(shown).text)), shown
    first = text_of(anna.get(f"/escalations/{asked.escalation_id}").text)
    assert "You planned to give this answer automatically. The standing rule has ended." in first
    feed = text_of(anna.get("/jobs/1").text)
    assert "The standing rule ended because its answer failed again" in feed


def test_a_rule_that_expired_says_when(app: Flask, anna: FlaskClient, tell: Tell) -> None:
    with time_machine.travel(now() - timedelta(days=8)):
        asked = tell()
        answer(app, asked, days=7)
    words = text_of(anna.get(f"/problems/{problem_key(app, asked)}").text)
    assert re.search(r"Expired on \d+ \w+ ?\.", words)


def test_the_ended_rules_of_another_project_are_not_listed(
    app: Flask, anna: FlaskClient, otto: FlaskClient, tell: Tell
) -> None:
    answer(app, tell(), days=30)
    stop(anna, rule_key(app))
    assert "Rules that ended" not in otto.get("/problems").text
