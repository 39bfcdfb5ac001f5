"""What a question's page tells of its problem: as what it was recognised, how it was decided
before, and the answer that is given by itself next time."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation, Person, Problem, StandingRule
from webapp.operations import answers, receipts
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category

Tell = Callable[..., Verdict]
Ask = Callable[..., uuid.UUID]

BEN = Actor(ref="person:900", name="Ben", grants={"*": "founder"})


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def asked(verdict: Verdict) -> uuid.UUID:
    return uuid.UUID(verdict.escalation_id or "")


def correct(
    browser: FlaskClient, key: uuid.UUID, category: str, *, htmx: bool = False, token: str = ""
) -> object:
    if not token:
        token = hidden(browser.get(f"/escalations/{key}").text, "/category")["csrf_token"]
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"csrf_token": token, "category": category}
    return browser.post(f"/escalations/{key}/category", data=data, headers=headers)


def rules(app: Flask) -> list[StandingRule]:
    with app.app_context():
        return list(db.session.scalars(db.select(StandingRule).order_by(StandingRule.id)))


def test_technical_details_say_why_it_was_recognised_and_fold_what_is_raw(
    anna: FlaskClient, tell: Tell
) -> None:
    page = anna.get(f"/escalations/{asked(tell())}").text
    plain, _, technical = page.partition('<details class="technical"')
    assert re.search(r'Recognized because <span lang="en">[^<]+</span>\.</p>', technical)
    assert "Recognized by" in technical
    assert "stripe.error.AuthenticationError: No API key provided." in technical
    for raw in ("No API key provided", "AuthenticationError", ":v1-"):
        assert raw not in plain


def test_an_error_that_no_rule_knows_says_so(anna: FlaskClient, tell: Tell) -> None:
    verdict = tell(error_message="zzz blah", error_type="Odd", category=Category.NEVER_RETRY)
    assert "The category was set by the agent." in anna.get(f"/escalations/{asked(verdict)}").text
    for _ in range(4):
        verdict = tell(error_message="zzz hmpf", error_type="Odd")
    assert "No rule recognizes" in anna.get(f"/escalations/{asked(verdict)}").text


def test_a_corrected_category_is_remembered_for_this_problem_in_this_project(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    key = asked(tell())
    page = anna.get(f"/escalations/{key}").text
    assert "only a person can fix this" in text_of(page)
    assert "Unstuck remembers this for the problem in shop" in text_of(page)
    answer = correct(anna, key, "env_error")
    assert (answer.status_code, answer.location) == (303, f"/escalations/{key}#kind")
    page = anna.get(f"/escalations/{key}").text
    assert "anna said that waiting can fix this" in text_of(page).lower()
    assert "The category was set by" in page
    assert "Anna changed the category" in text_of(anna.get("/jobs/1").text).replace("anna", "Anna")
    with app.app_context():
        assert db.session.scalars(db.select(Problem.corrected_category)).one() == "env_error"
    answers_given(app, key)
    assert tell(job="build-2").verdict == "wait"
    assert tell(project="other").verdict == "escalate"


def answers_given(app: Flask, key: uuid.UUID) -> None:
    with app.app_context():
        answers.give(key, answers.Answer("skip_feature"), by=BEN)


def test_a_category_is_corrected_in_place(anna: FlaskClient, tell: Tell) -> None:
    part = correct(anna, asked(tell()), "code_error", htmx=True)
    assert part.status_code == 200
    assert part.text.startswith('<span id="question-kind"')
    assert "another approach can fix" in part.text


def test_what_an_agent_asked_directly_has_no_category_to_correct(
    anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    page = anna.get(f"/escalations/{key}").text
    assert "/category" not in page
    assert 'name="remember"' not in page
    refused = correct(anna, key, "code_error", token=hidden(page)["csrf_token"])
    assert refused.status_code == 409


def test_a_category_that_is_none_is_refused_with_words(anna: FlaskClient, tell: Tell) -> None:
    for category in ("", "nonsense"):
        refused = correct(anna, asked(tell()), category)
        assert refused.status_code == 422
        assert "Choose what can fix this problem" in refused.text


def test_an_observer_reads_the_category_and_corrects_nothing(
    app: Flask, olga: FlaskClient, tell: Tell
) -> None:
    key = asked(tell())
    page = olga.get(f"/escalations/{key}").text
    assert "only a person can fix" in page
    for hidden_part in ("/category", "/resolve", 'name="remember"'):
        assert hidden_part not in page
    token = hidden(page, 'action="/sign-out"')["csrf_token"]
    assert correct(olga, key, "code_error", token=token).status_code == 403
    with app.app_context():
        assert db.session.scalars(db.select(Problem.corrected_category)).one() is None


def test_another_project_and_nobody_correct_nothing(
    app: Flask, otto: FlaskClient, tell: Tell
) -> None:
    key = asked(tell())
    token = hidden(otto.get("/").text, 'action="/sign-out"')["csrf_token"]
    assert correct(otto, key, "code_error", token=token).status_code == 404
    stranger = app.test_client()
    assert stranger.post(f"/escalations/{key}/category").status_code in (303, 400)


def test_how_it_was_decided_before_says_you_to_the_one_who_did(
    app: Flask, anna: FlaskClient, ben: FlaskClient, tell: Tell
) -> None:
    day = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with app.app_context():
        person = db.session.scalars(db.select(Person).filter_by(email="anna@example.com")).one()
        her = Actor(ref=f"person:{person.id}", name="Anna", grants={"*": "founder"})
    first = asked(tell())
    with time_machine.travel(day, tick=False), app.app_context():
        answers.resolve(first, "skip_feature", by=her)
        receipts.give(first, "worked", by=her)
    second = asked(tell(job="build-2"))
    page = text_of(anna.get(f"/escalations/{second}").text)
    assert "Earlier answers" in page
    year = "" if now().year == day.year else f" {day.year}"
    assert (
        f"On 3 March{year} you chose Leave this feature out . It was left out, as decided." in page
    )
    assert (
        f"On 3 March{year} Anna chose Leave this feature out . It was left out, as decided."
        in text_of(ben.get(f"/escalations/{second}").text)
    )
    assert "example.com" not in page
    assert "Earlier answers" not in anna.get(f"/escalations/{first}").text


def test_only_the_last_three_decisions_of_this_project_are_told(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    other = asked(tell(project="other"))
    with app.app_context():
        answers.skip(other, "Secret of the others.", by=BEN)
    for number in range(4):
        verdict = tell(job=f"build-{number}")
        with app.app_context():
            assert db.session.get_one(AgentEscalation, asked(verdict)).is_pending
            answers.resolve(asked(verdict), "skip_feature", by=BEN)
    page = text_of(anna.get(f"/escalations/{asked(tell(job='build-4'))}").text)
    assert page.count("Ben chose Leave this feature out") == 3
    assert "Show this problem" in page


def test_an_answer_that_is_to_be_repeated_becomes_a_rule(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    key = asked(tell())
    page = anna.get(f"/escalations/{key}").text
    assert re.search(r'<option value="30" selected>', page)
    send(anna, key, decision="skip_feature", remember="yes", remember_days="90")
    made = rules(app)
    assert [(rule.decision, rule.error_signature) for rule in made] == [
        ("skip_feature", tell().error_signature)
    ]
    assert made[0].expires_at - made[0].created_at == timedelta(days=90)
    page = anna.get(f"/escalations/{key}").text
    assert "A standing rule gives this answer automatically until" in page
    link = re.search(r'href="(/problems/\d+)">Show the rule', page)
    assert link
    assert "Stop this rule" in anna.get(link[1]).text


def test_without_the_tick_there_is_no_rule(app: Flask, anna: FlaskClient, tell: Tell) -> None:
    send(anna, asked(tell()), decision="skip_feature", remember_days="90")
    assert rules(app) == []


def test_skipping_can_be_repeated_too(app: Flask, anna: FlaskClient, tell: Tell) -> None:
    send(anna, asked(tell()), "skip", remember="yes", remember_days="7")
    assert [rule.decision for rule in rules(app)] == [None]
    assert "Skip the question" in anna.get("/problems").text


@pytest.mark.parametrize("days", ["", "0", "31", "-7", "a year", "9" * 30])
def test_a_length_that_is_not_offered_is_asked_for_again(
    app: Flask, anna: FlaskClient, tell: Tell, days: str
) -> None:
    key = asked(tell())
    again = send(anna, key, decision="skip_feature", remember="yes", remember_days=days)
    assert again.status_code == 422
    assert "Choose how long the rule lasts, then send your answer." in again.text
    assert re.search(r'name="remember" value="yes" checked', again.text)
    assert rules(app) == []


@pytest.mark.parametrize("htmx", [True, False])
def test_a_mistake_elsewhere_keeps_the_tick_and_its_length(
    anna: FlaskClient, tell: Tell, htmx: bool
) -> None:
    again = send(anna, asked(tell()), htmx=htmx, remember="yes", remember_days="365")
    assert again.status_code == 422
    assert re.search(r'name="remember" value="yes" checked', again.text)
    assert re.search(r'<option value="365" selected>', again.text)


def test_the_feed_says_what_a_rule_answered_and_that_one_answer_released_all(
    anna: FlaskClient, tell: Tell
) -> None:
    key = asked(tell())
    for job in ("build-2", "build-3"):
        tell(job=job)
    send(anna, key, decision="skip_feature", remember="yes", remember_days="30")
    tell()  # takes up the answer
    tell(job="build-4")
    numbers = sorted(set(map(int, re.findall(r'href="/jobs/(\d+)"', anna.get("/jobs").text))))
    feeds = [text_of(anna.get(f"/jobs/{number}").text) for number in numbers]
    assert "3 jobs got this answer." in feeds[0]
    for joined in feeds[1:3]:
        assert "This answer helped 3 jobs, including this one." in joined
    assert re.search(r"The standing rule of \w+ answered Leave this feature out", feeds[3])
