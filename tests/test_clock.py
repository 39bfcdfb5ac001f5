"""The one clock follows the database, and the slow poll finds what is new without a full scan."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from webapp import clock
from webapp.events import log
from webapp.extensions import db

Sql = Callable[..., list[Any]]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def following() -> Iterator[None]:
    clock._own_time = False
    yield
    clock.keep_own_time()


def off(moment: datetime) -> float:
    return abs((clock.now() - moment).total_seconds())


@pytest.mark.usefixtures("following")
def test_it_follows_the_database_forward_and_back() -> None:
    for moment in (NOON, NOON + timedelta(hours=1), NOON - timedelta(days=1)):
        clock.compare(moment, time.monotonic())
        assert off(moment) < 1


@pytest.mark.usefixtures("following")
def test_a_slow_answer_moves_it_by_no_more_than_it_may_be_wrong() -> None:
    clock.compare(NOON, time.monotonic())
    clock.compare(NOON - timedelta(seconds=1), time.monotonic() - 10)  # 4 s off at most 5
    assert off(NOON) < 1
    clock.compare(NOON + timedelta(seconds=60), time.monotonic() - 10)
    assert off(NOON + timedelta(seconds=65)) < 1


@pytest.mark.usefixtures("following")
def test_a_new_connection_sets_it(app: Flask) -> None:
    clock.compare(NOON, time.monotonic())
    with app.app_context():
        db.engine.dispose()
        db.session.execute(db.text("select 1"))
    assert off(datetime.now(UTC)) < 5


def plan(session: Session, statement: str, **values: Any) -> str:
    rows = session.execute(db.text(f"explain {statement}"), values)
    return "\n".join(row[0] for row in rows)


def test_what_is_new_is_found_by_an_index_among_many_events(app: Flask, sql: Sql) -> None:
    sql(
        """
        with job as (
            insert into jobs (project_id, job_id, created_at, last_seq, last_event_at)
            select 'shop', 'build-' || n, now(), 20, now() from generate_series(1, 2000) n
            returning id
        )
        insert into job_events (job, seq, kind, at, payload, txid)
        select id, seq, 'agent.job_changed', now(), '{}', 3 + id % 500
        from job, generate_series(1, 20) seq
        """
    )
    sql("analyze job_events")
    with app.app_context():
        session = db.session()
        found = plan(session, log._MOVED.text, since=log.position(session))
        assert "ix_job_events_txid" in found
        assert "Seq Scan" not in found


def test_what_is_new_is_what_transactions_wrote_that_had_not_ended(app: Flask, sql: Sql) -> None:
    (job,) = sql("insert into jobs (project_id, job_id, created_at) values ('a', 'b', now())"
                 " returning id")[0]  # fmt: skip
    event = (
        "insert into job_events (job, seq, kind, at, payload) values (:job, :seq, 'k', now(), '{}')"
    )
    with app.app_context():
        with db.engine.connect() as slow:
            slow.exec_driver_sql("begin")
            slow.execute(db.text(event), {"job": job, "seq": 2})  # it takes a number, and time
            sql(event, job=job, seq=1)
            before = log.position(db.session())
            assert log.moved(db.session(), before) == {job: 1}
            slow.exec_driver_sql("commit")
        assert log.moved(db.session(), before) == {job: 2}
        after = log.position(db.session())
        assert log.moved(db.session(), after) == {}
