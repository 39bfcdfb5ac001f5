"""Closed questions, jobs and problems go if the settings say so, and what refers to them stays."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.api.questions import QUESTION
from webapp.actors import DESK
from webapp.config import Retention
from webapp.extensions import db
from webapp.operations import answers, pruning

THEN = datetime(2026, 3, 3, 12, tzinfo=UTC)
KEEP = Retention(questions_days=30, jobs_days=30)
NOW = THEN + timedelta(days=61)
Sql = Callable[..., list[Any]]
Headers = dict[str, str]


@pytest.fixture
def ask(client: FlaskClient, agent: Headers) -> Callable[..., str]:
    """Asks a question for a job; returns its id."""

    def asking(job: str) -> str:
        key = str(uuid.uuid4())
        url = f"/api/jobs/{job}/escalations"
        answer = client.post(url, json=QUESTION | {"id": key}, headers=agent)
        assert answer.status_code == 201, answer.text
        return key

    return asking


@pytest.fixture
def report(client: FlaskClient, agent: Headers) -> Callable[..., dict[str, Any]]:
    """Reports a failure that only a person can fix; returns the verdict."""

    def reporting(job: str, message: str) -> dict[str, Any]:
        body = {"project_id": "shop", "session_id": "s", "error_type": "AuthenticationError"}
        url = f"/api/jobs/{job}/errors"
        answer = client.post(url, json=body | {"error_message": message}, headers=agent)
        assert answer.status_code == 200, answer.text
        return answer.json

    return reporting


def skip(app: Flask, *keys: str) -> None:
    with app.app_context():
        for key in keys:
            answers.skip(uuid.UUID(key), by=DESK)


def prune(app: Flask, keep: Retention = KEEP, batch: int = 2) -> dict[str, int]:
    with app.app_context():
        return pruning.prune_all(keep, NOW, batch)


def test_closed_questions_go_with_their_waiters_and_open_ones_stay(
    app: Flask, ask, sql: Sql
) -> None:
    with time_machine.travel(THEN, tick=False):
        skip(app, *[ask(f"old-{number}") for number in range(3)])
        waits = ask("waits")
    young = ask("young")
    skip(app, young)
    found = prune(app)
    assert (found["questions"], found["jobs"]) == (3, 3)
    assert {str(key) for (key,) in sql("select id from agent_escalations")} == {waits, young}
    assert {name for (name,) in sql("select job_id from jobs")} == {"waits", "young"}
    assert sql("select count(*) from escalation_waiters") == [(2,)]


def test_an_answer_that_is_in_force_stays_with_its_question(app: Flask, report, sql: Sql) -> None:
    with time_machine.travel(THEN, tick=False):
        key = report("build-1", "stripe: No API key provided.")["escalation_id"]
        skip(app, key)
    assert sql("select count(*) from problems where answer is not null") == [(1,)]
    assert prune(app, Retention(questions_days=30))["questions"] == 0
    # Its problem is gone, so no verdict refers to it.
    found = prune(app)
    assert (found["problems"], found["questions"], found["jobs"]) == (1, 1, 1)
    assert sql("select count(*) from attempts") == [(0,)]


@pytest.mark.parametrize("why", ["a rule", "a correction", "an open question"])
def test_a_problem_that_founders_have_spoken_of_stays(
    app: Flask, report, sql: Sql, why: str
) -> None:
    with time_machine.travel(THEN, tick=False):
        key = report("build-1", "stripe: No API key provided.")["escalation_id"]
        if why != "an open question":
            skip(app, key)
    if why == "a rule":
        sql(
            "insert into standing_rules (project_id, error_signature, escalation_id, created_by,"
            " created_at, expires_at) select project_id, error_signature, id, 'Anna', now(),"
            " now() + interval '1 year' from agent_escalations"
        )
    if why == "a correction":
        sql("update problems set corrected_category = 'config'")
    found = prune(app)
    assert (found["problems"], found["questions"], found["jobs"]) == (0, 0, 0)


def test_a_job_that_moved_lately_stays(app: Flask, ask, sql: Sql) -> None:
    with time_machine.travel(THEN, tick=False):
        skip(app, ask("build-1"))
        ask("build-2")
    sql("update jobs set last_event_at = :at where job_id = 'build-1'", at=NOW)
    found = prune(app)
    assert (found["questions"], found["jobs"]) == (1, 0)


def test_they_go_in_batches(app: Flask, ask) -> None:
    with time_machine.travel(THEN, tick=False):
        skip(app, *[ask(f"old-{number}") for number in range(5)])
    counts: list[int] = []

    def note(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "delete from agent_escalations" in statement or "delete from jobs" in statement:
            counts.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", note)
    try:
        prune(app, batch=2)
    finally:
        event.remove(Engine, "after_cursor_execute", note)
    assert counts == [2, 2, 1, 0, 1, 1, 1, 1, 1, 0]


def test_what_refers_to_a_question_is_found_by_an_index(app: Flask, sql: Sql) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("set enable_seqscan = off")
        for table, column in (
            ("problems", "answer"),
            ("problems", "own_answer"),
            ("standing_rules", "escalation_id"),
        ):
            rows = connection.exec_driver_sql(
                f"explain select from {table} where {column} = "
                "'0198f0a0-0000-7000-8000-000000000000'"
            )
            plan = "\n".join(row[0] for row in rows)
            assert f"ix_{table}_{column}" in plan
