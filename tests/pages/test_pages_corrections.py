"""A corrected category may count for all problems of a project that the same rule recognises."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.events import log
from webapp.extensions import db
from webapp.models import AuditEvent, CategoryCorrection, Job
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category

Tell = Callable[..., Verdict]
STRIPE = "stripe.error.AuthenticationError: No API key provided. Set it for STRIPE"
OTHER = "stripe.error.AuthenticationError: No API key provided. Set it for the other account"


def correct(browser: FlaskClient, verdict: Verdict, category: str, **more: str) -> object:
    address = f"/escalations/{verdict.escalation_id}"
    token = hidden(browser.get(address).text, "/category")["csrf_token"]
    data = {"csrf_token": token, "category": category} | more
    return browser.post(f"{address}/category", data=data)


def remove(browser: FlaskClient, key: int, *, htmx: bool = False) -> object:
    token = hidden(browser.get("/problems").text, 'id="remove-correction"')["csrf_token"]
    headers = {"HX-Request": "true"} if htmx else {}
    address = f"/problems/corrections/{key}/remove"
    return browser.post(address, data={"csrf_token": token}, headers=headers)


def corrections(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        found = db.session.scalars(db.select(CategoryCorrection).order_by(CategoryCorrection.id))
        return [(one.project_id, one.category) for one in found]


def key_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(db.select(CategoryCorrection.id)).one()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def asked(tell: Tell) -> Verdict:
    return tell(error_message=STRIPE, error_type="AuthenticationError")


def test_the_correction_counts_for_every_problem_of_the_rule_in_this_project(
    app: Flask, anna: FlaskClient, tell: Tell, asked: Verdict
) -> None:
    page = text_of(anna.get(f"/escalations/{asked.escalation_id}").text)
    assert "Also for all other problems in shop recognized because" in page
    correct(anna, asked, "env_error", similar="yes")
    other = tell(error_message=OTHER, error_type="OtherKind", job="build-2")
    assert other.error_signature != asked.error_signature
    assert (other.verdict, other.category) == ("wait", "env_error")
    assert other.matched_rule == "corrected_by_founder"
    elsewhere = tell(error_message=OTHER, error_type="OtherKind", project="other")
    assert elsewhere.verdict == "escalate"


def test_without_the_tick_it_counts_for_this_problem_alone(
    app: Flask, anna: FlaskClient, tell: Tell, asked: Verdict
) -> None:
    correct(anna, asked, "env_error")
    assert corrections(app) == []
    assert tell(error_message=OTHER, error_type="OtherKind", job="build-2").verdict == "escalate"


def test_what_was_said_of_one_problem_counts_more(
    anna: FlaskClient, tell: Tell, asked: Verdict
) -> None:
    other = tell(error_message=OTHER, error_type="OtherKind", job="build-2")
    correct(anna, other, "code_error")
    correct(anna, asked, "env_error", similar="yes")
    again = tell(error_message=OTHER, error_type="OtherKind", job="build-3")
    assert (again.verdict, again.category) == ("retry", "code_error")


def test_the_page_of_problems_lists_it_and_removes_it(
    app: Flask, anna: FlaskClient, tell: Tell, asked: Verdict
) -> None:
    correct(anna, asked, "env_error", similar="yes")
    page = text_of(anna.get("/problems").text)
    assert "Corrected categories" in page
    assert "Waiting can fix this" in page
    key = key_of(app)
    part = remove(anna, key, htmx=True)
    assert part.status_code == 200
    assert part.text.startswith('<section id="problems-corrections"')
    assert "Remove this correction" not in part.text
    assert tell(error_message=OTHER, error_type="OtherKind", job="build-2").verdict == "escalate"
    gone = remove(anna, key)
    assert gone.status_code == 404


def test_making_and_removing_are_on_record_and_in_the_log_of_the_job(
    app: Flask, anna: FlaskClient, asked: Verdict
) -> None:
    correct(anna, asked, "env_error", similar="yes")
    assert "changed the category of all problems of this kind" in anna.get("/jobs/1").text
    assert remove(anna, key_of(app)).status_code == 303
    assert "removed the category set for problems of this kind" in anna.get("/jobs/1").text
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [one for one in actions if one.startswith("category.")] == [
            *("category.rule_corrected", "category.corrected", "category.correction_removed"),
        ]
        job = db.session.scalars(db.select(Job)).one()
        events = log.read(db.session(), job.id, 0)
        made, removed = events[-2].payload, events[-1].payload
        assert made["rule"] == removed["rule"]
        assert events[-1].kind == "agent.correction_removed"


def test_a_second_correction_takes_the_place_of_the_first(
    app: Flask, anna: FlaskClient, asked: Verdict
) -> None:
    correct(anna, asked, "env_error", similar="yes")
    correct(anna, asked, "code_error", similar="yes")
    assert corrections(app) == [("shop", "code_error")]


def test_what_no_rule_recognises_has_no_others_of_its_kind(
    app: Flask, anna: FlaskClient, tell: Tell
) -> None:
    verdict = tell(error_message="zzz blah", error_type="Odd", category=Category.NEVER_RETRY)
    page = anna.get(f"/escalations/{verdict.escalation_id}").text
    assert 'name="similar"' not in page
    assert correct(anna, verdict, "env_error", similar="yes").status_code == 409
    assert corrections(app) == []


def test_an_observer_reads_corrections_and_removes_none(
    app: Flask, anna: FlaskClient, olga: FlaskClient, asked: Verdict
) -> None:
    correct(anna, asked, "env_error", similar="yes")
    page = olga.get("/problems").text
    assert "Corrected categories" in page
    assert "/remove" not in page
    assert remove(olga, key_of(app) + 1).status_code == 404
    assert remove(olga, key_of(app)).status_code == 403
