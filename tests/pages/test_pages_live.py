"""The live oracle: a page that was open, with the streamed regions put in by their ids, must equal
a page that is opened afresh."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from pausing import pause

from webapp.actors import DESK
from webapp.events import log
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.live.regions import Region
from webapp.models import AgentEscalation, Job
from webapp.operations import (
    answers,
    escalations,
    holding,
    jobs,
    problems,
    receipts,
    standing_rules,
)
from webapp.operations.answers import Answer
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.queries import problems as queries
from webapp.rules.categories import Category
from webapp.rules.languages import LANGUAGES

Ask = Callable[..., uuid.UUID]

REPORT = Report("session-1", "AuthError", "Invalid API key", intent="take payments")
CODE = Report("session-1", "AssertionError", "expected 3, found 4", approach="Tried it again")


class Desk:
    """A desk with something of everything, and what happened on it since a moment."""

    def __init__(self, app: Flask, ask: Ask) -> None:
        self.app, self.ask = app, ask
        with app.app_context():
            verdict = receive.report("build-1", "shop", REPORT, by=DESK)
            assert verdict.escalation_id is not None
            self.key = uuid.UUID(verdict.escalation_id)
            self.answered = ask(job="build-2")
            answers.resolve(self.answered, "skip_feature", by=DESK)
            pause("build-3", times=jobs.PAUSE_AT - 1)
            self.stuck = pause("build-6")
            for key in self.stuck[1:]:
                answers.resolve(key, "skip_feature", by=DESK)
            self.last = self.stuck[0]
            self.job = jobs.tell("build-1", "shop", by=DESK, title="Checkout").id
            receive.report("build-1", "shop", CODE, by=DESK)
            stored = db.session.get_one(AgentEscalation, self.key)
            self.problem = queries.of(db.session(), stored).id
            self.seen = self._positions()

    def _positions(self) -> dict[int, int]:
        return {job.id: job.last_seq for job in db.session.scalars(db.select(Job))}

    def happened(self) -> list[Event]:
        with self.app.app_context():
            now = self._positions()
            return [
                event for job in now for event in log.read(db.session(), job, self.seen.get(job, 0))
            ]

    def pages(self) -> dict[tuple[str, str], str]:
        """The address of each live page, by its view and key."""
        key, done, last = str(self.key), str(self.answered), str(self.last)
        return {
            ("question", last): f"/escalations/{last}",
            ("inbox", ""): "/",
            ("question", key): f"/escalations/{key}",
            ("question", done): f"/escalations/{done}",
            ("jobs", ""): "/jobs",
            ("job", str(self.job)): f"/jobs/{self.job}",
            ("history", ""): "/history",
            ("problems", ""): "/problems",
            ("problem", str(self.problem)): f"/problems/{self.problem}",
        }


def answer(desk: Desk) -> None:
    answers.resolve(desk.key, "provide_credentials", "It is there.", by=DESK)


def fail_again(desk: Desk) -> None:
    pause("build-3", times=1)


def answer_last(desk: Desk) -> None:
    answers.resolve(desk.last, "skip_feature", by=DESK)


def continue_stuck(desk: Desk) -> None:
    answer_last(desk)
    jobs.resume("build-6", "shop", by=DESK)


def hold_last(desk: Desk) -> None:
    holding.hold(desk.last, Answer("skip_feature"), 60, by=DESK)


def take_last_back(desk: Desk) -> None:
    hold_last(desk)
    holding.undo(desk.last, by=DESK)


def resume(desk: Desk) -> None:
    fail_again(desk)
    jobs.resume("build-3", "shop", by=DESK)


def undo(desk: Desk) -> None:
    holding.hold(desk.key, Answer("skip_feature"), 60, by=DESK)
    holding.undo(desk.key, by=DESK)


def heal(desk: Desk) -> None:
    signature = receive.report("build-1", "shop", CODE, by=DESK).error_signature
    problems.heal("build-1", "shop", signature, by=DESK)


def remember(desk: Desk) -> int:
    given = answers.Answer("skip_feature", "Always.", remember_days=30)
    answers.give(desk.key, given, by=DESK)
    return queries.rules(db.session(), by=DESK, limit=1)[0].id


def use_rule(desk: Desk) -> None:
    remember(desk)
    for job in ("build-1", "build-5"):  # the first takes up the answer
        receive.report(job, "shop", REPORT, by=DESK)


def stop_rule(desk: Desk) -> None:
    standing_rules.revoke(remember(desk), by=DESK)


HAPPENINGS: dict[str, Callable[[Desk], object]] = {
    "a question is asked": lambda desk: desk.ask(job="build-9"),
    "another job joins": lambda desk: receive.report("build-4", "shop", REPORT, by=DESK),
    "the same job meets it again": lambda desk: receive.report("build-1", "shop", REPORT, by=DESK),
    "it is answered": answer,
    "it is skipped": lambda desk: answers.skip(desk.key, "Later.", by=DESK),
    "it is withdrawn": lambda desk: escalations.withdraw(desk.key, "Works.", by=DESK),
    "an answer is held": lambda desk: holding.hold(
        desk.key, Answer("skip_feature", "Hm."), 60, by=DESK
    ),
    "an answer is taken back": undo,
    "an answer is delivered": lambda desk: receipts.note_delivery(desk.answered),
    "an answer is picked up": lambda desk: receipts.give(desk.answered, "picked_up", by=DESK),
    "an answer worked": lambda desk: receipts.give(desk.answered, "worked", "Good.", by=DESK),
    "an answer failed": lambda desk: receipts.give(desk.answered, "failed", "Bad.", by=DESK),
    "a job is told of": lambda desk: jobs.tell("build-7", "shop", by=DESK, title="New"),
    "a job gets a title": lambda desk: jobs.tell("build-1", "shop", by=DESK, title="Other"),
    "a job finishes": lambda desk: jobs.tell("build-1", "shop", by=DESK, state="finished"),
    "a job is paused": fail_again,
    "a job goes on": resume,
    "the last question of a paused job is answered": answer_last,
    "the last question of a paused job is held": hold_last,
    "the last answer of a paused job is taken back": take_last_back,
    "the last question of a paused job is withdrawn": lambda desk: escalations.withdraw(
        desk.last, by=DESK
    ),
    "a paused job with nothing left to answer continues": continue_stuck,
    "a try fails": lambda desk: receive.report("build-1", "shop", CODE, by=DESK),
    "a problem is healed": heal,
    "a rule is made": remember,
    "a rule answers": use_rule,
    "a rule is stopped": stop_rule,
    "a category is corrected": lambda desk: problems.correct_category(
        desk.key, Category.CODE_ERROR, by=DESK
    ),
}


def element(page: str, name: str) -> str:
    """The HTML of the one element of that id."""
    opening = re.search(rf'<(\w+) id="{name}"', page)
    assert opening, f"{name} is not on the page"
    depth, at = 0, opening.start()
    for tag in re.finditer(rf"<(/?){opening[1]}\b[^>]*>", page[at:]):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return page[at : at + tag.end()]
    raise AssertionError(f"{name} never ends")


def streamed(app: Flask, view: str, key: str, events: list[Event], language: str) -> dict[str, str]:
    """What the stream sends to a page of that language after these events: the new HTML by
    region."""
    kinds = {event.kind for event in events if VIEWS[view].concerns(event, key)}
    changed: list[Region] = [part for part in VIEWS[view].regions if kinds & part.kinds]
    with app.app_context(), force_locale(language):
        return {part.name: part.render(db.session(), DESK, key) for part in changed}


def page_of(client: FlaskClient, path: str, language: str) -> str:
    return client.get(path, headers={"Accept-Language": language}).text


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_an_open_page_becomes_what_a_fresh_one_is(
    app: Flask, anna: FlaskClient, ask: Ask, happening: str
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        desk = Desk(app, ask)
        looking = [(*page, code) for page in desk.pages().items() for code in LANGUAGES]
        old = {(*view, code): page_of(anna, path, code) for view, path, code in looking}
        with app.app_context():
            HAPPENINGS[happening](desk)
        events = desk.happened()
        assert events
        for (view, key), path, language in looking:
            fresh = page_of(anna, path, language)
            sent = streamed(app, view, key, events, language)
            for region in VIEWS[view].regions:
                now = sent.get(region.name) or element(old[view, key, language], region.name)
                assert now == element(fresh, region.name), f"{region.name} on {path}, {language}"


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "quiet"])
def test_a_page_includes_its_regions_as_the_stream_sends_them(
    app: Flask, anna: FlaskClient, ask: Ask, view: str
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        desk = Desk(app, ask)
        for (name, key), path in desk.pages().items():
            if name != view:
                continue
            page = anna.get(path).text
            for region in VIEWS[view].regions:
                with app.app_context():
                    html = region.render(db.session(), DESK, key)
                assert html in page
                opening = html[: html.index(">")]
                assert f'id="{region.name}"' in opening
                assert f'sse-swap="{region.name}"' in opening
                assert 'hx-swap="morph:outerHTML"' in opening
                assert "csrf" not in html


def test_the_page_names_its_stream(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    desk = Desk(app, ask)
    for (view, key), path in desk.pages().items():
        query = f"?key={key}" if key else ""
        assert f'sse-connect="/live/{view}{query}"' in anna.get(path).text
