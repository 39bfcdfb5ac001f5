"""A worker that is killed between sending and settling: nothing is lost, and what arrives twice
says so by its id. `CYCLES=200` kills it more often than the suite does."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from receiver import Receiver
from web_process import until
from worker_process import WorkerProcess

from webapp.extensions import db
from webapp.operations import deliveries, outbox
from webapp.outbound.webhooks import Webhooks

CYCLES = int(os.environ.get("CYCLES", "20"))
LEASE_S = 1.0

Sql = Callable[..., list[Any]]


@pytest.fixture
def variables(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a worker that may send to this machine."""
    return environ | {
        "SECRET_KEY": "a key for tests that is long enough, 0123456789",
        "WEBHOOKS_TO_PRIVATE_ADDRESSES": "on",
        "WORKER_LEASE_S": str(LEASE_S),
    }


def killed_in_the_middle(app: Flask, receiver: Receiver) -> None:
    """What a worker does, in a child that dies when the receiver has the request and nothing is
    settled yet."""
    with app.app_context():
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            send_and_settle_nothing(app)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def send_and_settle_nothing(app: Flask) -> None:
    """Send one delivery. Only so many may be on their way to one address, so the lease is short:
    else the kills before would keep this one from sending anything."""
    with app.app_context():
        outbox.plan()
        while (claimed := deliveries.claim("webhook", 0.05)) is None:
            time.sleep(0.02)
        channel = Webhooks()
        channel.send(channel.load(claimed))


def test_nothing_is_lost_by_kills_between_sending_and_settling(
    app: Flask, receiver: Receiver, webhook, ask, sql: Sql, variables: dict[str, str]
) -> None:
    webhook(receiver.url)
    asked = []
    for number in range(CYCLES):
        asked.append(ask(f"May I send mail {number}?", job=f"build-{number}")["id"])
        killed_in_the_middle(app, receiver)
    twice = len(receiver.all)
    assert twice == CYCLES, "the kills have to fall behind the sending"
    with WorkerProcess(variables) as worker:
        done = "select count(*) = :all from deliveries where state = 'accepted'"
        until(lambda: sql(done, all=CYCLES)[0][0], "all are sent", 60 + CYCLES)
        assert worker.stop() == 0
    by_id = {got.id: got.payload["data"]["escalation_id"] for got in receiver.all}
    assert sorted(by_id.values()) == sorted(asked)
    assert len(receiver.all) <= twice + CYCLES


def test_a_killed_worker_is_followed_by_another_that_sends_what_it_held(
    receiver: Receiver, webhook, ask, settled, variables: dict[str, str]
) -> None:
    def waits(handler: Any) -> None:
        handler.server.ended.wait(60)

    receiver.behaves(waits)
    webhook(receiver.url)
    asked = ask()
    with WorkerProcess(variables) as first:
        got = receiver.next(60)
        first.kill()
    receiver.behaves(lambda handler: handler.send_response(204) or handler.end_headers())
    with WorkerProcess(variables):
        again = receiver.next(60)
        settled()
    assert (again.id, again.body) == (got.id, got.body)
    assert again.payload["data"]["escalation_id"] == asked["id"]
