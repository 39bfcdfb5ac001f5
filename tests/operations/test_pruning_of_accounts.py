"""What is over is forgotten in small batches: attempts, tokens, invitations, the audit log."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from web_process import until

from tests.conftest import Cast, config_for
from webapp import create_app, live
from webapp.actors import DESK
from webapp.config import Retention
from webapp.extensions import db
from webapp.live import pruning as daily
from webapp.operations import invitations, pruning, token_replacement, tokens

THEN = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = THEN + timedelta(days=1)
Sql = Callable[..., list[Any]]


def report(client: FlaskClient, agent: dict[str, str], job: str, message: str) -> None:
    body = {"project_id": "shop", "session_id": "s", "error_type": "E", "error_message": message}
    answer = client.post(f"/api/jobs/{job}/errors", json=body, headers=agent)
    assert answer.status_code == 200


def test_old_attempts_go_except_the_last_of_each_job(
    app: Flask, client: FlaskClient, agent: dict[str, str], sql: Sql
) -> None:
    with time_machine.travel(THEN, tick=False):
        for job in ("build-1", "build-2"):
            for message in ("cannot read plan.txt", "cannot read plan.txt", "no such table: x"):
                report(client, agent, job, message)
    report(client, agent, "build-1", "cannot read plan.txt")
    (before,) = sql("select seen from problems order by id limit 1")
    with app.app_context():
        found, after = pruning.prune_attempts(LATER, 0, 2)
        assert (found, after) == (2, 2)  # build-1 has a younger one at the same problem
        keep = Retention(attempts_days=1)
        assert pruning.prune_all(keep, LATER + timedelta(days=1), 2)["attempts"] == 1
    left = sql(
        "select job_id, problem_id, count(*) from attempts join jobs on jobs.id = job"
        " group by 1, 2 order by 1, 2"
    )
    assert [count for _, _, count in left] == [1, 1, 1, 1]
    assert sql("select seen from problems order by id limit 1") == [before]


def test_tokens_that_are_over_go_unless_another_one_replaces_them(app: Flask, sql: Sql) -> None:
    with app.app_context():
        with time_machine.travel(THEN, tick=False):
            revoked, _ = tokens.create("revoked", ["shop"])
            tokens.create("expired", ["shop"], expires_at=THEN + timedelta(hours=1))
            replaced, _ = tokens.create("replaced", ["shop"])
            tokens.create("kept", ["shop"])
            for over in (revoked, replaced):
                tokens.revoke(over.prefix)
        token_replacement.create("successor", ["shop"], replaced.prefix)
        young, _ = tokens.create("young", ["shop"])
        tokens.revoke(young.prefix)
        assert [pruning.prune_tokens(LATER, 1) for _ in range(3)] == [1, 1, 0]
    names = [name for (name,) in sql("select name from tokens order by id")]
    assert names == ["replaced", "kept", "successor", "young"]


def test_invitations_that_are_over_go(app: Flask, sql: Sql) -> None:
    def invite(name: str) -> int:
        return invitations.invite(f"{name}@example.com", "shop", "founder", by=DESK)[0].id

    with app.app_context():
        with time_machine.travel(THEN, tick=False):
            invite("too-late")
            invitations.revoke(invite("revoked"), by=DESK)
        with time_machine.travel(THEN + timedelta(days=8), tick=False):
            open_one = invite("open")
            before = THEN + timedelta(days=7, hours=1)
            assert [pruning.prune_invitations(before, 1) for _ in range(3)] == [1, 1, 0]
    assert sql("select id from invitations") == [(open_one,)]


@pytest.fixture
def deletions(app: Flask) -> Iterator[list[int]]:
    """How many rows each statement took away."""
    counts: list[int] = []

    def note(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "delete from" in statement:
            counts.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", note)
    yield counts
    event.remove(Engine, "after_cursor_execute", note)


def test_sign_ins_go_in_batches_and_the_last_one_stays(
    app: Flask, cast: Cast, sql: Sql, deletions: list[int]
) -> None:
    with time_machine.travel(THEN, tick=False):
        for name in ("anna", "ben", "carla", "dora"):
            cast.browser(f"{name}@example.com")
    with app.app_context():
        keep = Retention(sign_ins_days=1)
        moment = datetime.now(UTC) + timedelta(days=400)
        assert pruning.prune_all(keep, moment, 2)["sign-ins"] == 7  # 4 links and 3 sessions
    assert max(deletions) == 2
    assert sql("select count(*) from browser_sessions") == [(1,)]


def test_the_audit_log_goes_in_batches_and_only_if_the_settings_say_so(
    app: Flask, sql: Sql
) -> None:
    added = """
        insert into audit_events (at, actor_ref, actor_name, action, subject, details)
        select now() - make_interval(days => :days), 'person:1', 'Anna', 'rule.ended', '', '{}'
        from generate_series(1, 3)
    """
    sql(added, days=400)
    sql(added, days=100)
    moment = datetime.now(UTC)
    with app.app_context():
        assert pruning.prune_all(Retention(), moment, 2)["audit entries"] == 0
        year_ago = moment - timedelta(days=365)
        assert [pruning.prune_audit(year_ago, 2) for _ in range(3)] == [2, 1, 0]
    assert sql("select count(*) from audit_events") == [(3,)]


def test_nothing_is_forgotten_where_all_is_kept_for_good(
    app: Flask, client: FlaskClient, agent: dict[str, str], sql: Sql
) -> None:
    with time_machine.travel(THEN, tick=False):
        report(client, agent, "build-1", "cannot read plan.txt")
        report(client, agent, "build-1", "cannot read plan.txt")
    keep = Retention(events_days=None, attempts_days=None, sign_ins_days=None)
    with app.app_context():
        found = pruning.prune_all(keep, datetime.now(UTC))
    assert found.pop("counters of limits") == 2  # which never last longer than their window
    assert set(found.values()) == {0}
    assert sql("select count(*) from attempts") == [(2,)]


def test_a_running_server_forgets_by_itself(
    app: Flask,
    client: FlaskClient,
    agent: dict[str, str],
    sql: Sql,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(THEN, tick=False):
        report(client, agent, "build-1", "cannot read plan.txt")
    assert sql("select count(*) from job_events") != [(0,)]
    monkeypatch.setattr(daily, "_FIRST_S", (0.0, 0.1))
    running = create_app(config_for(database_url, KEEP_EVENTS_DAYS="30"))
    with running.app_context():
        live.service.live()
        try:
            until(lambda: sql("select count(*) from job_events") == [(0,)], "old events are gone")
        finally:
            live.stop(running)
            db.engine.dispose()


def test_a_stopped_server_goes_on_with_no_further_batch(
    app: Flask, client: FlaskClient, agent: dict[str, str], sql: Sql
) -> None:
    with time_machine.travel(THEN, tick=False):
        for _ in range(3):
            report(client, agent, "build-1", "cannot read plan.txt")
    (before,) = sql("select count(*) from job_events")
    stop = threading.Event()
    stop.set()
    daily.Pruning(app, stop)._round()
    assert sql("select count(*) from job_events") == [before]
