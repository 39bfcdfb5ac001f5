"""The history: nothing is ever deleted by an answer."""

import re
import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import answers, escalations, receipts
from webapp.queries.screens_history import HISTORY_LENGTH

Ask = Callable[..., uuid.UUID]


def shown(page: str) -> list[str]:
    return re.findall(r'href="/escalations/([0-9a-f-]{36})"', page)


def test_nothing_yet(anna: FlaskClient, ask: Ask) -> None:
    ask()
    page = anna.get("/history").text
    assert "Nothing here yet" in page
    assert shown(page) == []


def test_every_way_to_close_a_question_newest_first(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    answered, skipped, withdrawn, expired = ask(), ask(), ask(), ask()
    with app.app_context():
        answers.resolve(answered, "skip_feature", by=DESK)
        receipts.give(answered, "worked", by=DESK)
        answers.skip(skipped, by=DESK)
        escalations.withdraw(withdrawn, by=DESK)
        row = db.session.get_one(AgentEscalation, expired)
        row.status, row.resolved_at = "expired", now()
        db.session.commit()
    page = anna.get("/history").text
    assert shown(page) == [str(key) for key in (expired, withdrawn, skipped, answered)]
    for words in (
        "Expired without an answer",
        "No longer needs an answer",
        "Skipped",
        "Leave it out",
        "Left out, as decided",
    ):
        assert words in page
    assert "This question has expired" in anna.get(f"/escalations/{expired}").text


def test_pages_follow_each_other_without_a_gap(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    keys = [ask() for _ in range(HISTORY_LENGTH + 5)]
    with app.app_context():
        for key in keys:
            answers.skip(key, by=DESK)
    first = anna.get("/history").text
    older = re.search(r'href="(/history\?cursor=[^"]+)"', first)
    assert older
    second = anna.get(older[1]).text
    assert shown(first) + shown(second) == [str(key) for key in reversed(keys)]
    assert "cursor=" not in second
    assert 'sse-swap="history-list"' in first
    assert 'sse-swap="history-list"' not in second


def test_a_broken_cursor_is_a_sentence(anna: FlaskClient) -> None:
    answer = anna.get("/history?cursor=broken")
    assert answer.status_code == 422
    assert "Start again" in answer.text


def test_an_outsider_sees_nothing_of_it(app: Flask, otto: FlaskClient, ask: Ask) -> None:
    key = ask()
    with app.app_context():
        answers.skip(key, by=DESK)
    assert shown(otto.get("/history").text) == []
