"""An inbox of more than one page: nothing is lost or comes twice, and it is live all through."""

import re
import time
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from webapp.actors import DESK
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.operations import answers
from webapp.queries.screens_inbox import INBOX_LENGTH

Ask = Callable[..., uuid.UUID]

MANY = text(
    """
    insert into agent_escalations (id, session_id, job_id, project_id, error_type,
        error_signature, plain_english_problem, attempts_summary, recommended_action, options,
        status, created_at, warnings, from_report, occurrences)
    select gen_random_uuid(), 's', 'build-' || n % 40, 'shop', 'Unknown', 'shop:Unknown:v1-' || n,
        'Question number ' || n || '.', '[]', '', '[]', 'pending',
        now() - interval '100 minutes' - (:count - n) * interval '1 millisecond', '[]', false, 1
    from generate_series(1, :count) as n
    """
)


@pytest.fixture
def fill(app: Flask) -> Callable[[int], None]:
    """Asks so many questions at a stroke: `Question number 1.` is the oldest."""

    def filling(count: int) -> None:
        with app.app_context(), db.session.begin():
            db.session.execute(MANY, {"count": count})

    return filling


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r">Question number (\d+)\.<", page)]


def ids(page: str) -> list[uuid.UUID]:
    return [uuid.UUID(found) for found in re.findall(r'id="card-([0-9a-f-]{36})"', page)]


def later(page: str) -> str | None:
    found = re.search(r'href="(/\?cursor=[\w-]+)" rel="next"', page)
    return found and found[1]


def answer(app: Flask, *keys: uuid.UUID) -> None:
    with app.app_context():
        for key in keys:
            answers.skip(key, by=DESK)


def test_every_question_stands_on_one_page_oldest_first(anna: FlaskClient, fill) -> None:
    fill(2 * INBOX_LENGTH + 20)
    first = anna.get("/").text
    assert numbers(first) == list(range(1, 51))
    assert "70 more questions are waiting." in first
    assert "9+" in anna.get("/icon/10.svg").text
    second = anna.get(later(first) or "").text
    assert numbers(second) == list(range(51, 101))
    assert "Questions 51 to 100 of 120, what blocks most first" in second
    assert "20 more questions are waiting." in second
    third = anna.get(later(second) or "").text
    assert numbers(third) == list(range(101, 121))
    assert "Questions 101 to 120 of 120" in third
    assert later(third) is None
    for page in (first, second, third):
        assert 'data-count="120"' in page


def test_exactly_one_page_has_no_later_one(anna: FlaskClient, fill) -> None:
    fill(INBOX_LENGTH)
    assert later(anna.get("/").text) is None


def test_what_is_answered_meanwhile_neither_loses_nor_repeats_a_question(
    app: Flask, anna: FlaskClient, fill
) -> None:
    fill(120)
    first = anna.get("/").text
    answer(app, *ids(first)[:30])
    second = anna.get(later(first) or "").text
    assert numbers(second) == list(range(51, 101))
    assert "Questions 21 to 70 of 90" in second
    assert numbers(anna.get("/").text) == list(range(31, 81))


def test_a_later_page_is_live(app: Flask, anna: FlaskClient, fill) -> None:
    fill(120)
    first = anna.get("/").text
    path = later(first) or ""
    second = anna.get(path).text
    cursor = path.partition("=")[2]
    assert f'sse-connect="/live/inbox?key={cursor}"' in second
    answer(app, ids(first)[0], ids(second)[0])
    region = next(part for part in VIEWS["inbox"].regions if part.name == "inbox-list")
    with app.app_context():
        streamed = region.render(db.session(), DESK, cursor)
    assert streamed in anna.get(path).text
    assert numbers(streamed) == list(range(52, 102))
    assert "Questions 50 to 99 of 118" in streamed


def test_a_later_page_whose_questions_are_answered_leads_back(
    app: Flask, anna: FlaskClient, fill
) -> None:
    fill(INBOX_LENGTH + 1)
    path = later(anna.get("/").text) or ""
    answer(app, *ids(anna.get(path).text))
    page = anna.get(path).text
    assert "No more questions here" in page
    assert 'data-count="50"' in page


def test_a_place_that_there_is_not_is_refused(anna: FlaskClient, otto: FlaskClient, fill) -> None:
    assert anna.get("/?cursor=nonsense").status_code == 422
    assert anna.get("/live/inbox?key=nonsense").status_code == 404
    fill(60)
    path = later(anna.get("/").text) or ""
    assert numbers(otto.get(path).text) == []
    assert anna.application.test_client().get(path).status_code == 303


def test_five_thousand_questions_are_a_page_as_quick_as_fifty(anna: FlaskClient, fill) -> None:
    fill(5000)
    page = anna.get("/").text
    assert "4,950 more questions are waiting." in page
    assert "<title>(5000) Inbox" in page
    assert '>5,000<span class="visually-hidden"> waiting' in page
    began = time.process_time()
    anna.get(later(page) or "")
    assert time.process_time() - began < 0.5  # of this process: a list in memory would take longer
    assert "4.950 weitere Fragen warten." in anna.get("/", headers={"Accept-Language": "de"}).text
