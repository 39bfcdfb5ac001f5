"""Threads of a process outlive what nobody foresaw, and one bad row blocks none behind it."""

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from web_process import until

from tests.live.test_live_releases import held, released
from webapp.health import Readiness
from webapp.live import service, supervision
from webapp.live.pages import Pages
from webapp.live.supervision import Supervised
from webapp.metrics import PART_FAILURES
from webapp.operations import receipts


class Flaky:
    """Work that fails while it is told to, and otherwise goes on until it is stopped."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.fault: BaseException | None = RuntimeError("nobody foresaw this")
        self.runs = 0

    def run(self) -> None:
        self.runs += 1
        if self.fault:
            raise self.fault
        self.stop.wait()


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervision, "_PAUSES_S", (0.01,))
    monkeypatch.setattr(supervision, "_PROVEN_S", 0.2)
    work = Flaky()
    yield work
    work.stop.set()


def test_a_thread_that_fails_is_started_again_logged_and_counted(flaky, caplog) -> None:
    thread = Supervised("flaky", flaky.run, flaky.stop)
    before = PART_FAILURES.labels("flaky")._value.get()
    thread.start()
    until(lambda: thread.is_down, "it fails again and again")
    assert "nobody foresaw this" in caplog.text
    flaky.fault = None
    until(lambda: not thread.is_down, "it works again")
    assert PART_FAILURES.labels("flaky")._value.get() - before == flaky.runs - 1


def test_a_thread_that_ends_too_soon_is_started_again(flaky) -> None:
    def end() -> None:
        flaky.runs += 1

    Supervised("flaky", end, flaky.stop).start()
    until(lambda: flaky.runs > 3, "it runs again")


def test_a_single_failure_takes_no_server_out(flaky) -> None:
    thread = Supervised("flaky", flaky.run, flaky.stop)
    flaky.fault = None
    thread._failed(lasted=1.0)
    thread.start()
    until(lambda: flaky.runs, "it runs")
    assert not thread.is_down


def test_a_thread_that_was_told_to_stop_is_not_started_again(flaky) -> None:
    flaky.fault = None
    thread = Supervised("flaky", flaky.run, flaky.stop)
    thread.start()
    until(lambda: flaky.runs, "it runs")
    flaky.stop.set()
    thread.join(5)
    assert flaky.runs == 1
    assert not thread.is_down


def test_readyz_names_the_thread_that_fails_until_it_works_again(
    app: Flask, flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = Pages.render
    monkeypatch.setattr(
        Pages, "render", lambda pages: (flaky.fault and flaky.run()) or render(pages)
    )
    with app.app_context():
        live = service.live()
        live.pages.end()  # wakes it
        until(lambda: service.down(app) == ["page streams"], "it fails again and again")
        app.extensions["readiness"] = Readiness(app)
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert "page streams" in answer.json["detail"]
        assert 'unstuck_thread_failures_total{thread="page streams"}' in (
            app.test_client().get("/metrics").text
        )
        flaky.fault = None
        until(lambda: not service.down(app), "it works again")
        app.extensions["readiness"] = Readiness(app)
        assert app.test_client().get("/readyz").status_code == 200


def test_a_held_answer_that_cannot_be_read_blocks_none_behind_it(
    app: Flask, sql: Callable[..., list[Any]], caplog
) -> None:
    bad = held(app, 0.01)
    sql("update agent_escalations set held = held - 'decision' where id = :id", id=bad)
    good = held(app, 0.3, "2")
    with app.app_context():
        service.live()
        released(app, good)
        assert service.down(app) == []
    assert str(bad) in caplog.text
    assert caplog.text.count("cannot be released") == 1  # and not in a loop that never rests


def test_a_delivery_that_cannot_be_noted_blocks_none_behind_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keys = [held(app, 0, name) for name in "12"]
    noted, note = [], receipts.note_delivery

    def note_but_for_the_first(key: uuid.UUID) -> None:
        if key == keys[0]:
            raise KeyError("escalation_id")
        note(key)
        noted.append(key)

    monkeypatch.setattr(receipts, "note_delivery", note_but_for_the_first)
    with app.app_context(), caplog.at_level(logging.ERROR):
        deliveries = service.live().deliveries
        deliveries.add(keys)
        until(lambda: noted == [keys[1]], "the other one is noted")
        assert service.down(app) == []
