"""Until when a question can be answered: said from the start, extended, and what holds after it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send

from webapp.clock import now, rfc3339
from webapp.operations import deadlines

Ask = Callable[..., uuid.UUID]
HOUR = timedelta(hours=1)


@pytest.fixture
def timed(ask: Ask) -> uuid.UUID:
    """A question that waits for an hour, then takes its default."""
    return ask(deadline_at=now() + HOUR, deadline_then="skip_feature")


def pass_by(app: Flask) -> None:
    with app.app_context(), time_machine.travel(now() + 2 * HOUR, tick=False):
        deadlines.expire_due()  # or the timer, if a test before it has started one


def test_the_question_and_its_card_say_the_deadline_from_the_start(
    anna: FlaskClient, timed: uuid.UUID, ask: Ask
) -> None:
    page = anna.get(f"/escalations/{timed}").text
    assert "If nobody answers by <time" in page
    assert 'the agent continues with: <strong dir="auto">Leave it out</strong>' in page
    assert "Answer by <time" in anna.get("/").text
    open_end = ask(deadline_at=now() + HOUR)
    assert "this question expires" in anna.get(f"/escalations/{open_end}").text
    assert "If nobody answers" not in anna.get(f"/escalations/{ask()}").text


def test_every_page_tells_that_the_deadline_decided(
    app: Flask, anna: FlaskClient, timed: uuid.UUID
) -> None:
    pass_by(app)
    page = anna.get(f"/escalations/{timed}").text
    assert 'data-status="expired"' in page
    assert "The deadline passed" in page
    assert "Nobody answered in time." in page
    assert "If nobody answers" not in page
    assert "<strong>Leave it out</strong>" in page
    assert str(timed) not in anna.get("/").text
    history = anna.get("/history").text
    assert "By the deadline: Leave it out" in history
    assert "deadline, " not in history, "nobody is called that"
    assert "Leave it out" in anna.get("/history?status=expired").text
    assert ",expired," in anna.get("/history.csv").text
    job = anna.get("/jobs/1").text
    assert "The deadline passed, so the agent continues with" in job
    assert "1 expired at the deadline" in anna.get("/numbers").text


def test_one_that_expired_without_a_default_says_so(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask(deadline_at=now() + HOUR)
    pass_by(app)
    assert "This question has expired" in anna.get(f"/escalations/{key}").text
    assert "Expired without an answer" in anna.get("/history").text
    assert "The deadline passed without an answer to" in anna.get("/jobs/1").text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("more", "longer"), [("hour", HOUR), ("week", timedelta(days=7))])
def test_a_founder_takes_more_time(
    anna: FlaskClient, timed: uuid.UUID, sql, htmx: bool, more: str, longer: timedelta
) -> None:
    before = sql("select deadline_at from agent_escalations")[0].deadline_at
    answer = extend(anna, timed, more, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert not htmx or answer.text.count("question-deadline") >= 1
    after = sql("select deadline_at from agent_escalations")[0].deadline_at
    assert abs(after - before - longer) < timedelta(milliseconds=1)
    assert "extended the deadline" in anna.get("/jobs/1").text


def extend(browser: FlaskClient, key: uuid.UUID, more: str, *, htmx: bool = False, shown: str = ""):  # type: ignore[no-untyped-def]
    page = browser.get(f"/escalations/{key}").text
    fields = hidden(page, 'id="extend-deadline"') | {"more": more}
    fields["shown"] = shown or page.partition('name="shown" value="')[2].partition('"')[0]
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(f"/escalations/{key}/extend", data=fields, headers=headers)


def test_a_founder_removes_the_deadline(anna: FlaskClient, timed: uuid.UUID) -> None:
    assert extend(anna, timed, "never").status_code == 303
    assert "If nobody answers" not in anna.get(f"/escalations/{timed}").text
    assert "removed the deadline" in anna.get("/jobs/1").text


def test_what_the_form_does_not_offer_is_refused(anna: FlaskClient, timed: uuid.UUID) -> None:
    for more, shown in (("year", ""), ("hour", "soon"), ("week", "9999-12-31T23:59:59Z")):
        answer = extend(anna, timed, more, shown=shown)
        assert answer.status_code == 422
        assert "more time" in answer.text
    long_ago = rfc3339(now() - 5 * HOUR) or ""
    answer = extend(anna, timed, "hour", shown=long_ago)
    assert answer.status_code == 422
    assert "Choose a later deadline" in answer.text


def test_who_only_reads_sees_the_deadline_and_cannot_change_it(
    olga: FlaskClient, timed: uuid.UUID
) -> None:
    page = olga.get(f"/escalations/{timed}").text
    assert "If nobody answers by" in page
    assert "extend-deadline" not in page


def test_who_answers_or_extends_too_late_is_told(
    app: Flask, anna: FlaskClient, timed: uuid.UUID
) -> None:
    page = anna.get(f"/escalations/{timed}").text
    fields = hidden(page, 'id="extend-deadline"')
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    answer_form = hidden(page)
    pass_by(app)
    late = anna.post(f"/escalations/{timed}/extend", data=fields | {"more": "hour", "shown": shown})
    assert late.status_code == 409
    assert "The deadline of this question passed" in late.text
    form = answer_form | {"decision": "skip_feature"}
    late = anna.post(f"/escalations/{timed}/resolve", data=form)
    assert late.status_code == 409
    assert "The deadline passed" in late.text


def test_an_answer_in_time_ends_the_deadline(anna: FlaskClient, timed: uuid.UUID) -> None:
    assert send(anna, timed, decision="skip_feature").status_code == 303
    assert "If nobody answers" not in anna.get(f"/escalations/{timed}").text
