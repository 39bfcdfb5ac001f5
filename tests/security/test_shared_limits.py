"""A limit that promises a number holds it over all processes, and costs good tokens little."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.conftest import Cast
from webapp.accounts.shares import Shares
from webapp.clock import now
from webapp.extensions import db
from webapp.operations import rate_counters

WRONG = {"Authorization": "Bearer unstuck_never-made"}
NOON = "2026-03-03T12:00:01Z"
MakeApp = Callable[..., Flask]


def test_strangers_are_counted_over_all_processes(make_app: MakeApp) -> None:
    workers = [make_app(RATE_LIMIT_UNKNOWN="4/minute").test_client() for _ in range(3)]
    with time_machine.travel(NOON, tick=False):
        got = [
            workers[number % 3].get("/api/escalations", headers=WRONG).status_code
            for number in range(9)
        ]
        assert got == [401] * 4 + [429] * 5
        refused = workers[0].get("/sign-in")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    with time_machine.travel("2026-03-03T12:02:00Z", tick=False):
        assert workers[1].get("/api/escalations", headers=WRONG).status_code == 401


def test_a_token_is_counted_over_all_processes(make_app: MakeApp) -> None:
    apps = [make_app(RATE_LIMIT_AGENTS="10/minute") for _ in range(2)]
    agent, workers = Cast(apps[0]).token("shop"), [app.test_client() for app in apps]
    with time_machine.travel(NOON, tick=False):
        got = [
            workers[number % 2].get("/api/escalations", headers=agent).status_code
            for number in range(14)
        ]
    assert got == [200] * 10 + [429] * 4


def test_guesses_of_a_password_are_counted_over_all_processes(make_app: MakeApp) -> None:
    workers = [make_app().test_client() for _ in range(2)]
    with time_machine.travel(NOON, tick=False):
        got = [workers[number % 2].post("/sign-in/a-guess").status_code for number in range(32)]
    assert got == [410] * 30 + [429] * 2


def test_what_a_token_sends_in_a_day_is_counted_over_all_processes(make_app: MakeApp) -> None:
    apps = [make_app(QUOTA_MB_A_DAY="1") for _ in range(2)]
    agent = Cast(apps[0]).token("shop")
    body = {
        "project_id": "shop",
        "session_id": "s",
        "error_type": "E",
        "error_message": "x" * 600_000,
    }
    got = [
        app.test_client().post("/api/jobs/build-1/errors", json=body, headers=agent).status_code
        for app in apps
    ]
    assert got == [200, 429]


def test_never_more_than_the_limit_passes_however_many_take_at_once(app: Flask) -> None:
    passed: list[int] = []

    def work() -> None:
        def take(key: str, share: int, most: int, seconds: int) -> tuple[int, datetime]:
            with app.app_context():
                return rate_counters.take(
                    db.session(), key, share=share, most=most, seconds=seconds
                )

        shares = Shares(2, take)
        passed.append(sum(shares.hit("x", most=1000, seconds=600) for _ in range(400)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 1000  # each went on until nothing was left to take


def test_a_limit_loses_little_to_shares_that_nobody_uses() -> None:
    taken = 0

    def take(_key: str, share: int, most: int, _seconds: int) -> tuple[int, datetime]:
        nonlocal taken
        granted = min(share, most - taken)
        taken += granted
        return granted, now() + timedelta(minutes=1)

    idle = [Shares(8, take) for _ in range(7)]
    for each in idle:
        assert each.hit("x", most=12_000, seconds=60)
    busy = Shares(8, take)
    assert sum(busy.hit("x", most=12_000, seconds=60) for _ in range(12_000)) >= 0.98 * 12_000


def test_what_is_given_back_is_counted_again_and_never_in_the_next_window() -> None:
    asked: list[int] = []

    def take(_key: str, share: int, _most: int, _seconds: int) -> tuple[int, datetime]:
        asked.append(share)
        return share, now() + timedelta(minutes=1)

    shares = Shares(2, take)
    with time_machine.travel(NOON, tick=False):
        for _ in range(50):
            assert shares.hit("x", most=10, seconds=60)
            shares.give_back("x")
        assert asked == [1]
    with time_machine.travel(datetime(2026, 3, 3, 12, 5, tzinfo=UTC), tick=False):
        shares.give_back("x")
        assert shares.hit("x", most=10, seconds=60)
    assert asked == [1, 1]


def test_a_good_token_costs_a_statement_for_each_share_and_not_for_each_request(
    make_app: MakeApp,
) -> None:
    app = make_app()
    client, agent = app.test_client(), Cast(app).token("shop")
    takes: list[str] = []
    counters = app.extensions["limits"]
    take = counters._shares._take
    counters._shares._take = lambda key, *more: takes.append(key) or take(key, *more)
    for _ in range(100):
        assert client.get("/api/escalations", headers=agent).status_code == 200
    assert len(takes) == 1


def test_a_database_that_is_away_stops_nobody_and_is_not_asked_each_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def fail(key: str, *_: object) -> tuple[int, datetime]:
        asked.append(key)
        raise OperationalError("select 1", {}, Exception("away"))

    app.extensions["limits"]._shares._take = fail
    client = app.test_client()
    assert [client.get("/sign-in").status_code for _ in range(5)] == [200] * 5
    assert len(asked) == 1
    assert caplog.text.count("does not answer") == 1


def test_counters_whose_window_is_over_are_forgotten(app: Flask, sql: Any) -> None:
    with app.app_context():
        with time_machine.travel(NOON, tick=False):
            rate_counters.take(db.session(), "old", share=1, most=2, seconds=60)
        rate_counters.take(db.session(), "new", share=1, most=2, seconds=60)
        assert rate_counters.forget(now(), 10) == 1
    assert sql("select key, taken from rate_counters") == [("new", 1)]


def test_no_counter_tells_whom_it_is_for(make_app: MakeApp, sql: Any) -> None:
    client = make_app().test_client()
    client.post("/sign-in/a-guess", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    keys = [key for (key,) in sql("select key from rate_counters")]
    assert keys
    assert not [key for key in keys if "203.0.113.7" in key or len(key) != 64]
