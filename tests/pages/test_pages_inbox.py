"""The inbox: what waits, oldest first."""

import re
import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK
from webapp.operations import answers, jobs
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report

Ask = Callable[..., uuid.UUID]


def test_an_empty_inbox_says_what_will_happen(anna: FlaskClient) -> None:
    page = anna.get("/")
    assert page.status_code == 200
    assert "Nothing needs you right now" in page.text
    assert "<title>Inbox — Unstuck</title>" in page.text
    assert 'sse-swap="inbox-list"' in page.text  # it must also hear of the first question


def test_the_first_inbox_says_how_agents_come(app: Flask, anna: FlaskClient) -> None:
    assert "Connect your first agent" in anna.get("/").text
    with app.app_context():
        jobs.tell("build-1", "elsewhere", by=DESK, title="Somebody else's")
    assert "Connect your first agent" in anna.get("/").text
    with app.app_context():
        jobs.tell("build-1", "shop", by=DESK, title="The new checkout")
    assert "Connect your first agent" not in anna.get("/").text


def test_questions_stand_oldest_first_with_what_one_needs_to_know(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    with app.app_context():
        jobs.tell("build-1", "shop", by=DESK, title="The new checkout")
    words = "The key is missing. There is more to say."
    first = ask(plain_english_problem=words, recommended=None)
    second = ask(job="build-2", plain_english_problem="The disk is full.")
    page = anna.get("/").text
    links = re.findall(r'href="/escalations/([0-9a-f-]{36})"', page)
    assert links == [str(first), str(second)]
    for words in ("The key is missing.", "The new checkout", "build-2", "shop", "a moment"):
        assert words in page
    assert "There is more to say" not in page
    assert "Leave it out until the service is back." in page
    assert "<bdi>Leave it out</bdi>" in page  # the second one recommends an option
    assert "<title>(2) Inbox — Unstuck</title>" in page
    assert 'data-count="2"' in page
    assert 'href="/icon/2.svg"' in page


def test_a_card_says_how_many_jobs_wait(app: Flask, anna: FlaskClient) -> None:
    """FIELD: hidden merging of equal questions looks broken when the next one pops up."""
    report = Report("s", "AuthError", "Invalid API key", intent="take payments")
    with app.app_context():
        for job in ("one", "two", "three"):
            receive.report(job, "shop", report, by=DESK)
    page = anna.get("/").text
    assert page.count('class="card"') == 1
    assert "3 jobs are waiting for this answer" in page


def test_an_outsider_sees_nothing_of_it(otto: FlaskClient, ask: Ask) -> None:
    ask()
    page = otto.get("/").text
    assert "test card" not in page
    assert 'data-count="0"' in page


def test_a_stranger_is_sent_to_sign_in_and_comes_back(app: Flask) -> None:
    for path in ("/", "/jobs", "/history", "/escalations/next", f"/escalations/{uuid.uuid4()}"):
        answer = app.test_client().get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")


def test_next_leads_to_the_oldest_or_back_to_the_inbox(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    first, second = ask(), ask()
    assert anna.get("/escalations/next").location == f"/escalations/{first}"
    with app.app_context():
        for key in (first, second):
            answers.skip(key, by=DESK)
    assert anna.get("/escalations/next").location == "/"
