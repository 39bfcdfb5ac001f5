"""The record of who did what: for owners alone, of their own projects, as a page and a table."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import Actor
from webapp.desk.pages import audit as page
from webapp.desk.pages import audit_words
from webapp.models import Action
from webapp.operations import answers, audit, people
from webapp.operations.transaction import transaction

ANNA = Actor(ref="person:77", name="Anna <b>", grants={})
PATHS = ("/settings/audit", "/settings/audit.csv")


def owner(app: Flask, project: str = "*") -> FlaskClient:
    with app.app_context():
        link = people.make_link(f"olaf-{len(project)}@example.com", project_id=project)
    browser = app.test_client()
    assert browser.post(f"/sign-in/{link}").status_code == 303
    return browser


def note(app: Flask, action: Action = Action.JOB_RESUMED, **changes: object) -> None:
    payload: dict[str, object] = {"by": ANNA, "project_id": "shop", "subject": "job:build-1"}
    with app.app_context(), transaction() as session:
        audit.note(session, action=action, **(payload | changes))  # type: ignore[arg-type]


def table(browser: FlaskClient, query: str = "") -> list[list[str]]:
    text = browser.get(f"/settings/audit.csv{query}").text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_nobody_but_an_owner_reads_it(app: Flask, anna: FlaskClient, olga: FlaskClient) -> None:
    for path in PATHS:
        assert app.test_client().get(path).status_code == 303
        for browser in (anna, olga):
            answer = browser.get(path)
            assert answer.status_code == 403
            assert "Only owners" in answer.text
    assert "/settings/audit" not in anna.get("/settings").text
    assert 'href="/settings/audit"' in owner(app).get("/settings").text


def test_an_owner_reads_who_what_when_and_from_where(app: Flask) -> None:
    browser = owner(app)
    note(app)
    text = browser.get("/settings/audit").text
    assert "<bdi>Anna &lt;b&gt;</bdi> resumed <bdi>build-1</bdi>" in text
    assert "<bdi>Olaf-1</bdi> signed in" in text
    assert "with a one-time link" in text
    assert "127.0.0.1" in text


def test_an_owner_of_one_project_reads_nothing_of_another_nor_of_the_desk(app: Flask) -> None:
    browser = owner(app, "shop")
    note(app)
    note(app, project_id="other", subject="job:their-job")
    text = browser.get("/settings/audit").text
    assert "build-1" in text
    assert "their-job" not in text
    assert "signed in" not in text.replace("Where you're signed in", "")
    # The other row of their project says that they were made its owner.
    listed = [(row[3], row[4]) for row in table(browser)[1:]]
    assert listed == [("job.resumed", "shop"), ("member.added", "shop")]


def test_it_is_filtered_by_person_and_by_what_was_done(app: Flask) -> None:
    browser = owner(app)
    note(app)
    note(app, Action.QUESTION_SKIPPED, subject="question:1b4e28ba-2fa1-4d1d-883f-0016d3cca427")
    skipped = browser.get("/settings/audit?action=question.skipped&person=person:77").text
    assert 'skipped <a href="/escalations/1b4e28ba' in skipped
    assert "</bdi> resumed <bdi>" not in skipped
    assert len(table(browser, "?person=person:77")) == 3
    assert "No matches" in browser.get("/settings/audit?person=person:99").text
    assert "No matches" in browser.get("/settings/audit?action=never&person=%00").text


def test_a_decision_is_told_in_the_words_of_its_question(
    app: Flask, ask: Callable[..., uuid.UUID]
) -> None:
    key = ask()
    with app.app_context():
        answers.resolve(key, "provide_guidance", by=Actor("person:9", "Ben", {"*": "founder"}))
    text = owner(app, "shop").get("/settings/audit").text
    asked = (
        f'<a href="/escalations/{key}" dir="auto">The payment service refuses our test card.</a>'
    )
    assert f"<bdi>Ben</bdi> answered {asked}" in text
    assert "Answer: I know how" in text
    assert "provide_guidance" not in text


def test_what_somebody_may_do_is_told_in_the_language_of_the_page(app: Flask) -> None:
    browser = owner(app)
    note(app, Action.MEMBER_CHANGED, subject="person:1", role="observer")
    german = browser.get("/settings/audit", headers={"Accept-Language": "de"}).text
    assert "kann lesen" in german
    assert "observer" not in german


def test_it_pages_by_position(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SHOWN", 2)
    monkeypatch.setattr(page, "BATCH", 2)
    with time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False):
        for number in range(5):
            note(app, subject=f"job:build-{number}")
    browser = owner(app, "shop")
    found, path = [], "/settings/audit"
    while path:
        text = browser.get(path).text
        found += [number for number in range(4, -1, -1) if f"build-{number}" in text]
        after = text.partition('class="after-list"><a href="')[2].partition('"')[0]
        path = after.replace("&amp;", "&")
    assert found == [4, 3, 2, 1, 0]
    assert len([row for row in table(browser) if row[3] == Action.JOB_RESUMED]) == 5
    assert browser.get("/settings/audit?cursor=nonsense").status_code == 422


def test_no_cell_of_the_table_is_a_formula(app: Flask) -> None:
    browser = owner(app)
    with app.test_request_context(headers={"User-Agent": "=cmd|' /C calc'!A0"}):
        note(app, by=Actor(ref="person:1", name="+Anna"), subject="@job")
    (row,) = [row for row in table(browser) if row[2] == "person:1" and row[5].endswith("@job")]
    assert (row[1], row[5], row[7]) == ("'+Anna", "'@job", "'=cmd|' /C calc'!A0")


def test_every_action_can_be_read_and_chosen() -> None:
    assert set(audit_words.SENTENCES) == set(Action)
    chosen = [action for _, actions in audit_words.CHOICES for action, _ in actions]
    assert sorted(chosen) == sorted(Action)
