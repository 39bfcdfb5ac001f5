"""A worker that is killed while it mails, before or after the server has the message: nothing is
lost, a first message comes twice at most, and a reminder once. `CYCLES=50` for more kills."""

import os
import queue
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from mail_server import MailServer
from outbound_app import FROM, KEY
from web_process import until
from worker_process import WorkerProcess

from webapp.operations import outbox, people

CYCLES = int(os.environ.get("CYCLES", "2"))

pytestmark = pytest.mark.timeout(180 + 30 * CYCLES)
Sql = Callable[..., list[Any]]

CHANNEL = """
    insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
    select id, 'email', email, now(), now(), 1 from people
"""
ONE = "select * from deliveries where escalation_id = :question and kind = :kind"


@pytest.fixture
def variables(environ: dict[str, str], postbox: MailServer) -> dict[str, str]:
    """The environment of a worker that mails over that server."""
    mail = {"SMTP_URL": postbox.url, "MAIL_FROM": FROM}
    return environ | mail | {"SECRET_KEY": KEY}


@pytest.fixture
def due(app: Flask, sql: Sql) -> Callable[[str, str], None]:
    """Lets the time of a question's message come, and that of no other."""

    def due(question: str, kind: str) -> None:
        def planned() -> list[Any]:
            with app.app_context():
                outbox.plan()
            return sql(ONE, question=question, kind=kind)

        until(planned, f"the {kind} is planned", 60)
        sql("update deliveries set due_at = now() + interval '1 day' where due_at is not null")
        sql("update deliveries set moved_at = moved_at - interval '10 minutes'")
        sql(
            "update deliveries set due_at = now() where escalation_id = :question and kind = :kind",
            question=question,
            kind=kind,
        )
        sql("select pg_notify('unstuck_deliveries', '')")

    return due


def kill_while_it(command: str, postbox: MailServer, variables: dict[str, str], sql: Sql) -> None:
    """Start a worker, and kill it when the server has got that command and says nothing yet. Its
    lease runs out then, and not while a slow machine still sends."""
    postbox.keeps.holds = command
    with WorkerProcess(variables) as worker:
        postbox.keeps.held.get(timeout=120)
        worker.kill()
    postbox.keeps.holds = None
    sql("update deliveries set due_at = now() where state = 'leased'")


def reach_ana(app: Flask, sql: Sql) -> None:
    """Ana is a founder of `shop`, and gets email about its questions."""
    with app.app_context():
        people.make_link("ana@example.com", role="founder", project_id="shop")
    sql(CHANNEL)


def arrived(postbox: MailServer) -> list[str]:
    """The ids of what came in since the last time."""
    found = []
    while True:
        try:
            found.append(str(postbox.keeps.got.get_nowait()["Message-ID"]))
        except queue.Empty:
            return found


def test_no_mail_is_lost_by_kills_between_sending_and_settling(
    app: Flask, postbox: MailServer, ask, due, sql: Sql, variables: dict[str, str]
) -> None:
    reach_ana(app, sql)
    for number in range(CYCLES):
        command, copies = (("RCPT", 1), ("DATA", 2))[number % 2]
        question = ask(f"May I send mail {number}?", job=f"build-{number}")["id"]
        due(question, "question")
        kill_while_it(command, postbox, variables, sql)
        with WorkerProcess(variables) as worker:
            done = ONE + " and state = 'accepted'"
            until(lambda: sql(done, question=question, kind="question"), "it is sent", 120)  # noqa: B023
            assert worker.stop() == 0
        ids = arrived(postbox)
        assert len(ids) == copies
        assert len(set(ids)) == 1, "a copy has the same id"


def test_a_reminder_that_may_have_arrived_is_not_sent_again(
    app: Flask, postbox: MailServer, ask, due, sql: Sql, variables: dict[str, str]
) -> None:
    reach_ana(app, sql)
    question = ask()["id"]
    due(question, "question")
    with WorkerProcess(variables):
        until(lambda: sql(ONE, question=question, kind="reminder"), "a reminder is planned", 120)
    arrived(postbox)
    due(question, "reminder")
    kill_while_it("DATA", postbox, variables, sql)
    with WorkerProcess(variables):
        unknown = ONE + " and state = 'maybe_sent' and due_at is null"
        until(lambda: sql(unknown, question=question, kind="reminder"), "it is settled", 120)
    assert len(arrived(postbox)) == 1
