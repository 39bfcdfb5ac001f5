"""/readyz: ready beside a newer schema, not behind one, and cheap for whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from sqlalchemy import event

from webapp.extensions import db
from webapp.health import Readiness

Sql = Callable[..., list[Any]]


@pytest.fixture
def seconds(app: Flask) -> list[float]:
    """The clock of /readyz: append to it to let time pass."""
    passed = [0.0]
    app.extensions["readiness"] = Readiness(app, lambda: sum(passed))
    return passed


@pytest.fixture
def client(app: Flask, seconds: list[float]) -> FlaskClient:
    return app.test_client()


def test_a_server_stays_ready_when_the_next_release_has_upgraded_the_schema(
    client: FlaskClient, sql: Sql
) -> None:
    sql("update alembic_version set version_num = 'of the next release'")
    assert client.get("/readyz").status_code == 200


def test_a_server_is_not_ready_while_the_schema_is_behind(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        downgrade(revision="-1")
        db.session.remove()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "db upgrade" in answer.json["detail"]


def test_a_server_is_not_ready_on_an_empty_database(client: FlaskClient, sql: Sql) -> None:
    sql("drop table alembic_version")
    assert client.get("/readyz").status_code == 503


def test_the_database_is_asked_once_a_second_however_often_readyz_is(
    app: Flask, client: FlaskClient, seconds: list[float]
) -> None:
    asked = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for _ in range(50):
        assert client.get("/readyz").status_code == 200
    of_one_look = len(asked)
    assert 0 < of_one_look < 10
    seconds.append(0.9)
    client.get("/readyz")
    assert len(asked) == of_one_look
    seconds.append(0.2)
    client.get("/readyz")
    assert len(asked) == 2 * of_one_look


def test_a_server_that_just_started_does_not_say_that_a_minute_went_by(
    client: FlaskClient, seconds: list[float], sql: Sql
) -> None:
    assert "less than 60 seconds ago" in client.get("/readyz").json["messages"]
    seconds.append(61)
    assert "for 60 seconds" in client.get("/readyz").json["messages"]
    sql("insert into worker_beats values ('w', now(), now())")
    seconds.append(2)
    assert client.get("/readyz").json["messages"] == "A worker sends webhooks and messages."


def test_an_upgrade_by_the_release_before_leaves_a_newer_schema_alone(app: Flask, sql: Sql) -> None:
    sql("update alembic_version set version_num = 'of the next release'")
    with app.app_context():
        upgrade()
        db.session.remove()
    assert sql("select version_num from alembic_version") == [("of the next release",)]
    locks = sql("select 1 from pg_locks where locktype = 'advisory'")
    assert locks == []


def test_a_downgrade_from_an_unknown_schema_is_refused(app: Flask, sql: Sql) -> None:
    sql("update alembic_version set version_num = 'of the next release'")
    with app.app_context(), pytest.raises(SystemExit):
        downgrade(revision="0001")
