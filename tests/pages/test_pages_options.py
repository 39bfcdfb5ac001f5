"""The options of a question: which is recommended, which needs a second tap, which can be given
automatically, and how you say no."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import send

from webapp.extensions import db
from webapp.models import AgentEscalation, StandingRule
from webapp.operations.reports.verdict import Verdict

Ask = Callable[..., uuid.UUID]
Tell = Callable[..., Verdict]

MERGE = {"value": "merge", "label": "Merge it now", "description": "It goes live."}
WAIT = {"value": "wait", "label": "Wait for the review", "description": "Nothing changes."}
DROP = {"value": "drop", "label": "Drop the old table", "irreversible": True}
DOWN = {"error_type": "ServiceUnavailable", "error_message": "503 Service Unavailable"}
BUG = {"error_type": "AssertionError", "error_message": "expected 3, found 4"}


def asked_about(tell: Tell, **error: str) -> uuid.UUID:
    """Report an error until it becomes a question."""
    for _ in range(10):
        verdict = tell(**error)
        if verdict.escalation_id:
            return uuid.UUID(verdict.escalation_id)
    raise AssertionError("no question came of it")


def stored(app: Flask, key: uuid.UUID) -> AgentEscalation:
    with app.app_context():
        return db.session.get_one(AgentEscalation, key)


def badges(page: str) -> list[str]:
    return re.findall(r'<span>([^<]*)</span> <span class="recommended"', page)


def test_the_badge_stands_on_the_option_that_the_agent_names(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[MERGE, WAIT], recommended="wait", recommended_action="Don't merge it now.")
    assert badges(anna.get(f"/escalations/{key}").text) == ["Wait for the review"]
    inbox = anna.get("/").text
    assert "Wait for the review" in inbox
    assert "merge it now" not in inbox


def test_words_that_mention_an_option_recommend_nothing(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[MERGE, WAIT], recommended=None, recommended_action="Never merge it now.")
    assert badges(anna.get(f"/escalations/{key}").text) == []


def test_a_bare_value_reads_as_its_option(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[MERGE, WAIT], recommended=None, recommended_action="merge")
    page = anna.get(f"/escalations/{key}").text
    assert badges(page) == ["Merge it now"]
    assert "Suggested:" not in page, "the badge says it"
    assert "<bdi>Merge it now</bdi>" in anna.get("/").text


def test_a_bare_value_never_recommends_what_cannot_be_undone(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[DROP, WAIT], recommended=None, recommended_action="drop")
    assert badges(anna.get(f"/escalations/{key}").text) == []


@pytest.mark.parametrize("htmx", [True, False])
def test_what_cannot_be_undone_takes_a_second_tap(
    app: Flask, anna: FlaskClient, ask: Ask, htmx: bool
) -> None:
    key = ask(options=[DROP, WAIT], recommended=None)
    first = send(anna, key, htmx=htmx, decision="drop", guidance="Do it")
    assert first.status_code == 422
    page = unescape(first.text)
    assert "This can't be undone. Confirm it, then send your answer." in page
    assert 'value="drop" required checked' in page
    assert "Do it</textarea>" in page
    assert send(anna, key, decision="drop", confirmed="wait").status_code == 422
    assert stored(app, key).is_pending
    assert send(anna, key, decision="drop", confirmed="drop").status_code == 303
    assert stored(app, key).founder_decision == "drop"


def test_the_other_option_needs_no_second_tap(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[DROP, WAIT], recommended=None)
    assert send(anna, key, decision="wait").status_code == 303


def test_the_tick_is_for_options_that_need_nobody(anna: FlaskClient, tell: Tell) -> None:
    page = anna.get(f"/escalations/{asked_about(tell)}").text
    assert 'name="remember"' in page
    assert re.search(r'value="skip_feature" required data-repeatable', page)
    assert re.search(r'value="provide_credentials" required>', page)


@pytest.mark.parametrize("decision", ["provide_credentials", "done"])
def test_what_only_the_founder_can_do_is_never_given_automatically(
    app: Flask, anna: FlaskClient, tell: Tell, decision: str
) -> None:
    """One "I'll sort out the plan" told every later job to retry, with nobody asked."""
    key = asked_about(tell, **(DOWN if decision == "done" else {}))
    refused = send(anna, key, decision=decision, remember="yes", remember_days="30")
    assert refused.status_code == 422
    assert "needs you each time" in refused.text
    assert 'class="remember" data-shown' in refused.text
    with app.app_context():
        assert db.session.scalars(db.select(StandingRule)).all() == []
    assert send(anna, key, decision=decision).status_code == 303


@pytest.mark.parametrize("own", ["plain_english_problem", "recommended_action", "options"])
def test_a_question_in_the_agent_s_words_offers_no_rule(
    app: Flask, anna: FlaskClient, tell: Tell, own: str
) -> None:
    skip = {"value": "skip_feature", "label": "Skip it", "repeatable": True}
    words: dict[str, object] = {own: [skip] if own == "options" else "Shall I go ahead?"}
    verdict = tell(**words)
    key = uuid.UUID(verdict.escalation_id or "")
    assert 'name="remember"' not in anna.get(f"/escalations/{key}").text
    terms = {"remember": "yes", "remember_days": "30"}
    assert send(anna, key, decision="skip_feature", **terms).status_code == 422
    assert send(anna, key, "skip", **terms).status_code == 422
    assert stored(app, key).is_pending


def test_advice_without_words_is_refused(app: Flask, anna: FlaskClient, tell: Tell) -> None:
    key = asked_about(tell, **BUG)
    for empty in ("", " \r\n "):
        refused = send(anna, key, decision="provide_guidance", guidance=empty)
        assert refused.status_code == 422
        assert "Write what the agent should do, then send it." in refused.text
        assert 'aria-describedby="guidance-error"' in refused.text
    assert (
        send(anna, key, decision="provide_guidance", guidance="Use the old one").status_code == 303
    )


def test_a_blank_answer_in_own_words_is_refused(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[], recommended=None)
    for blank in ("", " ", "\r\n\t "):
        assert send(anna, key, decision=blank).status_code == 422
    assert stored(app, key).is_pending


def test_the_box_for_an_answer_cuts_nothing(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[], recommended=None)
    page = anna.get(f"/escalations/{key}").text
    boxes = re.findall(r'<(?:textarea|input)[^>]*name="(?:decision|guidance)"[^>]*>', page)
    assert boxes
    assert not [box for box in boxes if "maxlength" in box]
    assert "Use at most 255 characters." in anna.get(f"/escalations/{key}").text
    refused = send(anna, key, decision="x" * 256)
    assert refused.status_code == 422
    assert "x" * 256 in refused.text
    assert send(anna, key, decision="x" * 255).status_code == 303


def test_a_question_with_one_option_can_be_answered_with_no(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask(options=[MERGE], recommended=None)
    page = unescape(anna.get(f"/escalations/{key}").text)
    assert "No, don't do this" in page
    assert send(anna, key, no="yes", guidance="Ask Ben first.").status_code == 303
    found = stored(app, key)
    assert (found.status, found.founder_decision) == ("skipped", None)
    assert found.founder_guidance == "No. Don't do this.\n\nAsk Ben first."


def test_no_is_no_answer_where_there_are_more_options(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask(options=[MERGE, WAIT], recommended=None)
    assert "No, don't do this" not in unescape(anna.get(f"/escalations/{key}").text)
    assert send(anna, key, no="yes").status_code == 422
    assert stored(app, key).is_pending


def test_skipping_says_what_follows_before_it_is_pressed(anna: FlaskClient, tell: Tell) -> None:
    page = anna.get(f"/escalations/{asked_about(tell)}").text
    assert "Close it without an answer. The agent is told that you skipped it" in page
    labels = re.findall(r'class="choice-label"><span>([^<]*)<', page)
    assert not any("skip" in label.casefold() for label in labels)


def test_trouble_that_often_passes_offers_to_wait(anna: FlaskClient, tell: Tell) -> None:
    page = unescape(anna.get(f"/escalations/{asked_about(tell, **DOWN)}").text)
    for label in ("Try again now", "Wait and try again in an hour", "I've done it"):
        assert f"<span>{label}</span>" in page
    assert badges(page) == ["Wait and try again in an hour"]
    assert re.search(r"If you answer now, it happens at <time [^>]*data-ahead=\"3600\"", page)
