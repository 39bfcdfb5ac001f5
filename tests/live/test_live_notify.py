"""The notify: one NOTIFY after the commit, coalesced, and never in anybody's way."""

import logging
import threading
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from web_process import until

from webapp.actors import DESK
from webapp.events import notify
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.extensions import db
from webapp.operations import jobs
from webapp.operations.transaction import transaction
from webapp.queries import jobs as job_queries


class Ear:
    """Receives every NOTIFY on this test's database."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        self.connection.execute("listen unstuck")

    def heard(self, seconds: float = 20) -> str:
        """The next payload."""
        [notification] = list(self.connection.notifies(timeout=seconds, stop_after=1))[:1]
        return notification.payload

    def all(self, until: str) -> list[str]:
        """The payloads up to and with this one."""
        payloads = [""]
        for notification in self.connection.notifies(timeout=20):
            payloads.append(notification.payload)
            if until in notification.payload.split(","):
                return payloads[1:]
        raise AssertionError(f"{until} does not come, but {payloads[1:]}")


@pytest.fixture
def ear(app: Flask, database_url: str) -> Iterator[Ear]:
    ear = Ear(database_url)
    yield ear
    ear.connection.close()


def test_an_operation_rings_for_its_job_after_the_commit(app, ear):
    with app.app_context():
        job = jobs.tell("build-1", "shop", by=DESK, title="one")
        assert ear.heard() == str(job.id)


def test_the_events_are_there_when_it_notifies(app, ear, shop_jobs):
    for number in range(1, 6):
        shop_jobs.tell("build-1", f"title {number}")
        job = ear.heard()
        row = ear.connection.execute("select last_seq from jobs where id = %s", [job]).fetchone()
        assert row == (number,)


def fail_midway(job: int) -> None:
    with transaction() as session:
        record(session, job, Kind.JOB_CHANGED, title="never")
        session.flush()
        raise ZeroDivisionError


def test_what_is_rolled_back_rings_nothing(app, ear, shop_jobs):
    shop_jobs.tell("build-1", "one")
    shop_jobs.tell("build-2", "one")
    ear.all(until="2")
    with app.app_context():
        job = job_queries.find(db.session(), "build-1", "shop", by=DESK).id
        with pytest.raises(ZeroDivisionError):
            fail_midway(job)
    shop_jobs.tell("build-2", "two")
    assert ear.heard() == "2"


def test_many_rings_become_few_that_name_every_job(app, ear):
    with app.app_context():
        for job in range(1, 1001):
            notify.send({job})
        notify.send({5000})
    payloads = ear.all(until="5000")
    named = {job for payload in payloads for job in payload.split(",")}
    assert named >= {str(job) for job in range(1, 1001)}
    assert len(payloads) < 200


def test_too_many_jobs_for_a_payload_mean_look_yourselves(app, ear):
    with app.app_context():
        notify.send(set(range(100_000, 110_000)))
    assert ear.heard() == "*"
    assert notify.jobs_in("*") is None
    assert notify.jobs_in("1,22,333") == {1, 22, 333}


def test_a_broken_connection_is_made_again(app, ear, sql):
    with app.app_context():
        notify.send({1})
        assert ear.heard() == "1"
        sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and query like '%pg_notify(%' "
            "and pid <> pg_backend_pid()"
        )
        notify.send({2})
        assert ear.heard() == "2"


def test_without_a_database_nobody_is_held_up_and_nothing_is_raised(app, ear, server, caplog):
    name = app.config["SQLALCHEMY_DATABASE_URI"].rsplit("/", 1)[1].split("?")[0]
    ear.connection.close()
    with app.app_context():
        notify.send({1})
        db.session.remove()
        db.engine.dispose()
        server.drop_database(name)
        with caplog.at_level(logging.WARNING):
            notify.send({2})
            failed = until(
                lambda: [each for each in caplog.records if "could not be sent" in each.message],
                "a failure is logged",
            )
        # Whoever sends goes on: another thread looked for the database.
        assert threading.get_ident() not in {each.thread for each in failed}


def test_after_a_fork_the_child_rings_with_a_thread_of_its_own(app, ear, monkeypatch):
    with app.app_context():
        notify.send({1})
        assert ear.heard() == "1"
        before = app.extensions["notifier"]
        monkeypatch.setattr("webapp.events.notify.os.getpid", lambda: 1)
        notify.send({2})
        assert ear.heard() == "2"
        assert app.extensions["notifier"] is not before


def test_an_idle_notifier_ends_its_thread_and_notifies_again(app, ear, monkeypatch):
    monkeypatch.setattr("webapp.events.notify._IDLE_S", 0.05)
    with app.app_context():
        for job in (1, 2):
            notify.send({job})
            assert ear.heard() == str(job)
            until(lambda: app.extensions["notifier"]._thread is None, "its thread ends")
