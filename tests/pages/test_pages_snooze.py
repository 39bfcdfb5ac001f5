"""A question that a person puts off: it leaves their inbox, and nobody else's, and comes back."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from werkzeug.test import TestResponse

from webapp.accounts import revalidation
from webapp.accounts.revalidation import Credential
from webapp.actors import Actor
from webapp.errors import Forbidden
from webapp.extensions import db
from webapp.live.hub import Audience
from webapp.operations import snoozing

Ask = Callable[..., uuid.UUID]
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
AGENT = Actor(ref="token:1", name="builder", grants={"shop": "founder"})


@pytest.fixture
def at(app: Flask) -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def snooze(browser: FlaskClient, key: uuid.UUID, how: str, **fields: str) -> TestResponse:
    form = hidden(browser.get(f"/escalations/{key}").text, 'id="snooze"')
    return browser.post(f"/escalations/{key}/snooze", data=form | {"for": how} | fields)


def count(browser: FlaskClient) -> str:
    found = re.search(r'id="inbox-counts"[^>]*data-count="(\d+)"', browser.get("/").text)
    assert found
    return found[1]


def cards(browser: FlaskClient) -> list[str]:
    return re.findall(r'id="card-([0-9a-f-]+)"', browser.get("/").text)


def test_it_leaves_the_inbox_of_one_person_and_comes_back(
    at: Any, anna: FlaskClient, ben: FlaskClient, ask: Ask
) -> None:
    key = ask()
    assert snooze(anna, key, "hour").status_code == 303
    assert cards(anna) == []
    assert count(anna) == "0"
    assert "1 question is snoozed" in anna.get("/").text
    assert cards(ben) == [str(key)]
    assert count(ben) == "1"
    assert "You snoozed this question until" in anna.get(f"/escalations/{key}").text
    assert "You snoozed" not in ben.get(f"/escalations/{key}").text
    at.move_to(NOON + timedelta(hours=1))
    assert cards(anna) == [str(key)]
    assert "snoozed" not in anna.get("/").text


def test_it_is_taken_up_again_before(at: Any, anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    snooze(anna, key, "tomorrow")
    form = hidden(anna.get(f"/escalations/{key}").text, f'action="/escalations/{key}/wake"')
    for _ in range(2):
        assert anna.post(f"/escalations/{key}/wake", data=form).status_code == 303
    assert cards(anna) == [str(key)]


@pytest.mark.parametrize(
    ("how", "fields", "until"),
    [
        ("hour", {}, "2026-03-03T13:00:00+00:00"),
        ("evening", {}, "2026-03-03T19:00:00+00:00"),
        ("evening", {"zone": "Europe/Berlin"}, "2026-03-03T18:00:00+00:00"),
        ("evening", {"zone": "Pacific/Auckland"}, "2026-03-04T06:00:00+00:00"),
        ("evening", {"zone": "Asia/Tokyo"}, "2026-03-03T14:00:00+00:00"),
        ("tomorrow", {"zone": "Europe/Berlin"}, "2026-03-04T08:00:00+00:00"),
        ("tomorrow", {"zone": "../../etc/passwd"}, "2026-03-04T09:00:00+00:00"),
        ("tomorrow", {"zone": "No/Where"}, "2026-03-04T09:00:00+00:00"),
        (
            "time",
            {"zone": "Europe/Berlin", "until": "2026-03-05T10:30"},
            "2026-03-05T09:30:00+00:00",
        ),
    ],
)
def test_times_are_those_of_the_browser(
    at: Any, anna: FlaskClient, ask: Ask, sql, how: str, fields: dict[str, str], until: str
) -> None:
    assert snooze(anna, ask(), how, **fields).status_code == 303
    assert sql("select until from snoozes")[0].until == datetime.fromisoformat(until)


@pytest.mark.parametrize(
    "until", ["", "tomorrow", "2026-03-03T11:00", "2027-12-01T10:00", "0001-01-01T00:00"]
)
def test_a_time_that_does_not_fit_is_refused(
    at: Any, anna: FlaskClient, ask: Ask, until: str
) -> None:
    key = ask()
    answer = snooze(anna, key, "time", until=until, zone="Asia/Tokyo")
    assert answer.status_code == 422
    assert "Choose " in answer.text
    assert cards(anna) == [str(key)]


@pytest.mark.parametrize(
    ("deadline", "back"),
    [(timedelta(hours=5), timedelta(hours=4)), (timedelta(hours=1), timedelta(minutes=30))],
)
def test_it_comes_back_before_its_deadline(
    at: Any, anna: FlaskClient, ask: Ask, sql, deadline: timedelta, back: timedelta
) -> None:
    snooze(anna, ask(deadline_at=NOON + deadline), "tomorrow")
    assert sql("select until from snoozes")[0].until == NOON + back


def test_another_time_replaces_the_first(at: Any, anna: FlaskClient, ask: Ask, sql) -> None:
    key = ask()
    form = hidden(anna.get(f"/escalations/{key}").text, 'id="snooze"')
    for how in ("tomorrow", "hour"):
        anna.post(f"/escalations/{key}/snooze", data=form | {"for": how})
    assert [row.until for row in sql("select until from snoozes")] == [NOON + timedelta(hours=1)]


def test_it_is_no_answer_and_others_answer_it(
    at: Any, anna: FlaskClient, ben: FlaskClient, ask: Ask, sql
) -> None:
    key = ask()
    form = hidden(anna.get(f"/escalations/{key}").text, 'id="snooze"')
    snooze(anna, key, "tomorrow")
    assert sql("select status from agent_escalations")[0].status == "pending"
    assert send(ben, key, decision="skip_feature").status_code == 303
    late = anna.post(f"/escalations/{key}/snooze", data=form | {"for": "hour"})
    assert late.status_code == 409
    assert "Ben" in late.text


def test_only_people_have_an_inbox(app: Flask, ask: Ask) -> None:
    key = ask()
    with app.app_context(), pytest.raises(Forbidden):
        snoozing.snooze(key, datetime.now(UTC) + timedelta(hours=1), by=AGENT)


def test_open_pages_of_that_person_begin_anew_and_show_it_no_more(
    at: Any, app: Flask, anna: FlaskClient, ask: Ask, sql
) -> None:
    key = ask()
    row = sql("select secret_hash, person_id from browser_sessions")[0]
    grants = frozenset({("shop", "founder")})
    before = Credential(row.secret_hash, grants, row.person_id)
    after = Credential(row.secret_hash, grants, row.person_id, frozenset({str(key)}))

    def good() -> set[Credential]:
        with app.app_context():
            return revalidation.still_good(db.session(), {before, after})

    assert good() == {before}
    snooze(anna, key, "hour")
    assert good() == {after}
    assert Audience.of("inbox", "", after, "en").actor.person_id == row.person_id
    assert Audience.of("inbox", "", before, "en").actor.person_id is None
    at.move_to(NOON + timedelta(hours=1))
    assert good() == {before}, "its time has come"
