"""A paused job with nothing left to answer asks to be continued: in the inbox, in the badge, and
after the last answer."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send

from webapp.actors import DESK
from webapp.extensions import db
from webapp.operations import answers, escalations, holding, jobs
from webapp.operations.answers import Answer
from webapp.queries import jobs as queries

Stop = Callable[..., list[uuid.UUID]]

WORDS = "All 5 questions are answered. Continue the job?"


def close(app: Flask, keys: list[uuid.UUID]) -> None:
    with app.app_context():
        for key in keys:
            answers.resolve(key, "skip_feature", by=DESK)


def state(app: Flask, job: str = "build-1") -> str:
    with app.app_context():
        return queries.find(db.session(), job, "shop", by=DESK).state


def count(page: str) -> tuple[int, int]:
    """What the badge says, and how many cards there are."""
    badge = re.search(r'id="inbox-counts" class="count" data-count="(\d+)"', page)
    assert badge
    cards = len(re.findall(r'<li class="card[ "]', page))
    title = re.search(r"<title>(?:\((\d+)\) )?", page)
    assert title
    assert int(title[1] or 0) == int(badge[1])
    return int(badge[1]), cards


def test_it_is_a_card_once_everything_is_answered(
    app: Flask, anna: FlaskClient, stop: Stop
) -> None:
    keys = stop()
    close(app, keys[:4])
    page = anna.get("/").text
    assert WORDS not in page
    assert count(page) == (1, 1)
    close(app, keys[4:])
    page = anna.get("/").text
    assert WORDS in page
    assert "<span>Continue the job</span>" in page
    assert "Nothing needs you right now" not in page
    assert count(page) == (1, 1)


@pytest.mark.parametrize("how", ["withdrawn", "skipped", "held"])
def test_it_is_one_however_the_last_question_left(
    app: Flask, anna: FlaskClient, stop: Stop, how: str
) -> None:
    keys = stop()
    close(app, keys[:4])
    with app.app_context():
        if how == "withdrawn":
            escalations.withdraw(keys[4], by=DESK)
        elif how == "skipped":
            answers.skip(keys[4], by=DESK)
        else:
            holding.hold(keys[4], Answer("skip_feature"), 60, by=DESK)
    assert WORDS in anna.get("/").text
    if how == "held":
        with app.app_context():
            holding.undo(keys[4], by=DESK)
        page = anna.get("/").text
        assert WORDS not in page
        assert count(page) == (1, 1)


@pytest.mark.parametrize("htmx", [True, False])
def test_its_button_in_the_inbox_continues_the_job(
    app: Flask, anna: FlaskClient, stop: Stop, htmx: bool
) -> None:
    close(app, stop())
    page = anna.get("/").text
    path = re.search(r'formaction="(/jobs/\d+/resume)"', page)
    assert path
    form = hidden(page, 'class="resume-jobs"')
    headers = {"HX-Request": "true"} if htmx else {}
    for _ in range(2):  # the second one was too late, which is no error
        done = anna.post(path[1], data=form, headers=headers)
        assert (done.status_code, done.location) == ((200, None) if htmx else (303, "/"))
    if htmx:
        assert done.text.startswith('<section id="inbox-list"')
        assert WORDS not in done.text
    assert state(app) == "working"
    page = anna.get("/").text
    assert WORDS not in page
    assert count(page) == (0, 0)


@pytest.mark.parametrize("htmx", [True, False])
def test_after_the_last_answer_the_button_stands_beside_it(
    app: Flask, anna: FlaskClient, stop: Stop, htmx: bool
) -> None:
    *others, last = stop()
    close(app, others[1:])
    send(anna, others[0], decision="skip_feature")
    assert WORDS not in anna.get(f"/escalations/{others[0]}").text
    send(anna, last, decision="skip_feature")
    page = anna.get(f"/escalations/{last}").text
    assert WORDS in page
    assert 'form="resume-job"' in page
    form = hidden(page, 'id="resume-job"')
    path = re.search(r'id="resume-job" method="post" action="([^"]+)"', page)
    assert path
    done = anna.post(path[1], data=form, headers={"HX-Request": "true"} if htmx else {})
    assert done.status_code == (200 if htmx else 303)
    if htmx:
        assert done.text.startswith('<section id="question-state"')
    else:
        assert done.location == f"/escalations/{last}"
    assert state(app) == "working"
    assert WORDS not in anna.get(f"/escalations/{last}").text


def test_a_place_to_go_back_to_is_never_made_up(app: Flask, anna: FlaskClient, stop: Stop) -> None:
    close(app, stop())
    page = anna.get("/").text
    path = re.search(r'formaction="(/jobs/(\d+)/resume)"', page)
    assert path
    form = hidden(page, 'class="resume-jobs"') | {"on": "//evil.example"}
    done = anna.post(path[1], data=form)
    assert (done.status_code, done.location) == (303, f"/jobs/{path[2]}")


def test_an_observer_sees_it_without_a_button(app: Flask, olga: FlaskClient, stop: Stop) -> None:
    keys = stop()
    close(app, keys)
    for path in ("/", f"/escalations/{keys[-1]}"):
        page = olga.get(path).text
        assert WORDS in page
        assert "<span>Continue the job</span>" not in page


def test_of_another_project_nothing_is_seen(app: Flask, otto: FlaskClient, stop: Stop) -> None:
    close(app, stop())
    page = otto.get("/").text
    assert WORDS not in page
    assert count(page) == (0, 0)


def test_its_own_page_says_so_too(app: Flask, anna: FlaskClient, stop: Stop) -> None:
    close(app, stop())
    with app.app_context():
        key = jobs.tell("build-1", "shop", by=DESK, title="Shop").id
    assert WORDS in anna.get(f"/jobs/{key}").text


def test_an_agent_s_own_questions_pause_nothing(app: Flask, anna: FlaskClient, ask: Stop) -> None:
    for _ in range(jobs.PAUSE_AT + 1):
        ask()
    assert state(app) == "working"


def test_an_observer_is_told_who_answers_only_while_nobody_has(
    app: Flask, olga: FlaskClient, stop: Stop
) -> None:
    keys = stop()
    words = "you need the role Can answer"
    assert words in olga.get(f"/escalations/{keys[0]}").text
    close(app, keys[:1])
    assert words not in olga.get(f"/escalations/{keys[0]}").text
