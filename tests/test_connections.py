"""What a connection makes of silence."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from database_faults import Wire
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from web_process import until

from webapp import pool
from webapp.connections import Connection, Reach, opener, watched
from webapp.extensions import db
from webapp.live.listener import Listener


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> list[Reach]:
    """Each look whether the database still answers."""
    asked: list[Reach] = []
    monkeypatch.setattr("webapp.connections._SILENCE_S", 0.2)
    monkeypatch.setattr(Reach, "answers", lambda reach: asked.append(reach) or True)
    return asked


def test_a_listener_that_hears_nothing_opens_no_further_connection(
    database_url: str, probes: list[Reach]
) -> None:
    with opener(make_url(database_url), autocommit=True)() as connection:
        connection.execute("listen nothing")
        assert list(connection.notifies(timeout=1.0)) == []
    assert probes == []


def test_a_statement_without_an_answer_asks_whether_the_database_is_there(
    database_url: str, probes: list[Reach]
) -> None:
    with opener(make_url(database_url), autocommit=True)() as connection:
        connection.execute("select pg_sleep(1)")
    assert probes


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    wire = Wire(database_url)
    yield wire
    wire.close()


def test_a_database_that_answers_others_is_there_though_a_new_connection_is_late(
    wire: Wire,
) -> None:
    """As on a machine that is too busy to accept one in time."""
    engine = create_engine(wire.url, isolation_level="AUTOCOMMIT")
    watched(engine)
    with engine.connect() as slow, engine.connect() as quick, ThreadPoolExecutor(1) as pool:
        wire.accepts_none.set()
        slept = pool.submit(slow.execute, text("select pg_sleep(5)"))
        while not slept.done():
            quick.execute(text("select pg_sleep(0.02)"))
        slept.result()
    engine.dispose()


def test_an_answer_counts_though_a_connect_from_before_fails_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when the database is back, and the listener hears it before the requests do."""
    reach, tries = Reach(), []

    def late(**_: object) -> None:
        tries.append("connect")
        reach.heard()
        raise psycopg.OperationalError("connection timeout expired")

    monkeypatch.setattr(Connection, "connect", late)
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            reach.connect({})
    assert tries == ["connect", "connect"]


def test_a_process_that_listens_again_serves_requests_again(app: Flask) -> None:
    with app.app_context():
        database, url = pool.of(db.engine), db.engine.url
    database._reach._why, database._reach._tried_at = "away", time.monotonic() + 60
    stop = threading.Event()
    listener = Listener(
        url,
        lambda *_: None,
        lambda *_: None,
        app.extensions["token_cache"],
        stop,
        connected=database.heard,
    )
    thread = threading.Thread(target=listener.run)
    thread.start()
    until(lambda: not database._reach._why, "requests connect again")
    stop.set()
    thread.join()
