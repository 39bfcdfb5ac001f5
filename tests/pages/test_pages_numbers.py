"""Plain numbers: counted right, cut at the period and the project, readable without the chart."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK, Actor
from webapp.operations import answers, problems, receipts
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report

Ask = Callable[..., uuid.UUID]
Clock = time_machine.Traveller
TODAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
BROKEN = Report("session-1", "AssertionError", "expected 3, found 4", approach="Tried it again")
ANNA = Actor(ref="person:1", name="Anna", grants={"*": "founder"})


@pytest.fixture
def today() -> Iterator[Clock]:
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


def ledger(page: str) -> dict[str, str]:
    """The figures of the page by their words."""
    found = re.findall(r"<div><dt>([^<]+).*?</dt><dd>([^<]+)</dd></div>", page, re.S)
    return {words.strip(): figure for words, figure in found}


def test_nothing_yet(anna: FlaskClient) -> None:
    for path in ("/numbers", "/numbers?days=7", "/numbers?days=90", "/numbers?project=nobody"):
        page = anna.get(path)
        assert page.status_code == 200
        assert "No numbers for the last" in page.text


def test_each_figure_is_counted(app: Flask, cast, ask: Ask, today: Clock) -> None:
    """Asked on the 18th and answered after 2, 4 and 60 minutes; one skipped, one waiting."""
    anna = cast.browser()
    asked_at = datetime(2026, 5, 18, 9, tzinfo=UTC)
    today.move_to(asked_at)
    keys = [ask() for _ in range(5)]
    with app.app_context():
        for key, minutes in zip(keys, (2, 4, 60), strict=False):
            today.move_to(asked_at + timedelta(minutes=minutes))
            answers.resolve(key, "skip_feature", by=ANNA)
        today.move_to(asked_at + timedelta(minutes=90))
        answers.skip(keys[3], by=ANNA)
        payload = receive.report("build-1", "shop", BROKEN, by=DESK)
        assert payload.error_signature
        problems.heal("build-1", "shop", payload.error_signature, by=DESK)
    today.move_to(TODAY)
    page = anna.get("/numbers?days=7").text
    assert ledger(page) == {
        "Questions agents asked": "5",
        "Questions people answered": "3",
        "Half answered within": "4 minutes",
        "90 of 100 answered within": "49 minutes",
        "Time agents waited for answers": "54 hours",
        "Problems agents solved on their own": "100%",  # what they asked was no problem
    }
    assert "and 1 skipped" in page
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td><td>(\d+)</td>', page)
    assert rows[2] == ("18 May", "5", "3")
    assert len(rows) == 7
    assert re.findall(r'role="img" aria-labelledby="chart-title chart-desc"', page)
    assert "5 questions were asked and 3 answered" in page
    shares = re.findall(r'<th scope="row">([^<]+)</th><td><svg.*?<span>(\d+)</span>', page)
    assert [int(number) for _, number in shares] == [2, 1, 0, 0]


def test_a_standing_rule_asks_nobody(app: Flask, cast, today: Clock) -> None:
    anna = cast.browser()
    secret = Report("session-1", "AuthError", "Invalid API key")
    with app.app_context():
        first = receive.report("build-1", "shop", secret, by=DESK)
        key = uuid.UUID(first.escalation_id)
        answers.resolve(key, "skip_feature", by=ANNA, remember_days=30)
        receipts.give(key, "worked", by=DESK)
        problems.heal("build-1", "shop", first.error_signature, by=DESK)
        today.move_to(TODAY + timedelta(minutes=5))
        receive.report("build-2", "shop", secret, by=DESK)
    figures = ledger(anna.get("/numbers").text)
    assert figures["Questions agents asked"] == "1"
    assert figures["Questions people answered"] == "1"
    assert figures["Questions standing rules answered"] == "1"
    assert figures["Problems agents solved on their own"] == "0%"


def test_a_problem_that_was_asked_about_is_not_solved_alone(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    ask()
    with app.app_context():
        first = receive.report("build-1", "shop", BROKEN, by=DESK)
        problems.heal("build-1", "shop", first.error_signature, by=DESK)
        receive.report("build-1", "shop", Report("s", "AuthError", "Invalid API key"), by=DESK)
    page = anna.get("/numbers").text
    assert ledger(page)["Problems agents solved on their own"] == "50%"
    assert "1 of 2" in page


def test_the_period_and_the_project_cut(app: Flask, cast, ask: Ask, today: Clock) -> None:
    both = cast.browser("both@example.com", "*")
    for days in (0, 6, 7, 29, 30, 89, 90):
        today.move_to(TODAY - timedelta(days=days))
        ask(job=f"build-{days}", project="other" if days == 6 else "shop")
    today.move_to(TODAY)
    for query, expected in (
        ("days=7", "2"),
        ("", "4"),
        ("days=30", "4"),
        ("days=90", "6"),
        ("days=5000", "4"),
        ("days=x", "4"),
        ("days=7&project=other", "1"),
        ("days=7&project=shop", "1"),
    ):
        page = both.get(f"/numbers?{query}").text
        assert ledger(page)["Questions agents asked"] == expected, query
        counted = re.findall(r'<th scope="row">[^<]+</th><td>(\d+)</td><td>\d+</td>', page)
        assert sum(int(number) for number in counted) == int(expected), query
    assert "Week by week" in both.get("/numbers?days=90").text


def test_what_came_up_most_often_leads_to_its_problem(app: Flask, anna: FlaskClient) -> None:
    rare = Report("session-1", "KeyError", "KeyError: 'colour'", approach="Looked again")
    with app.app_context():
        for number in range(3):
            receive.report(f"build-{number}", "shop", BROKEN, by=DESK)
        receive.report("build-1", "shop", rare, by=DESK)
    page = anna.get("/numbers").text
    often = page[page.index("Most common problems") :]
    assert re.findall(r"<span>(\d times?)</span>", often) == ["3 times", "1 time"]
    link = re.search(r'href="(/problems/\d+)"', often)
    assert link
    assert anna.get(link[1]).status_code == 200


def test_an_outsider_counts_nothing(otto: FlaskClient, ask: Ask, app: Flask) -> None:
    ask()
    with app.app_context():
        receive.report("build-1", "shop", BROKEN, by=DESK)
    for path in ("/numbers", "/numbers?project=shop"):
        assert "No numbers for the last" in otto.get(path).text


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    assert app.test_client().get("/numbers").status_code == 303
