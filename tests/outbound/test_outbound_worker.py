"""The worker: what happens is sent once, also after it was away, and one receiver holds up no
other."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from receiver import Receiver, drips, says
from web_process import until

from webapp.clock import now
from webapp.extensions import db
from webapp.operations import deliveries, outbox
from webapp.outbound.channel import Channel
from webapp.outbound.worker import Worker
from webapp.rules.sending import Attempt, Outcome

Sql = Callable[..., list[Any]]


def test_an_event_is_sent_to_those_who_chose_it(
    worker: Worker, receiver: Receiver, webhook, ask, settled
) -> None:
    webhook(receiver.url)
    asked = ask()
    got = receiver.next()
    assert got.payload["type"] == "agent.waiting_for_input"
    assert got.payload["data"]["escalation_id"] == asked["id"]
    assert got.payload["data"]["seq"] == 1
    (sent,) = settled()
    assert (sent.attempts, sent.due_at, str(sent.escalation_id)) == (1, None, asked["id"])


def test_without_subscribers_nothing_is_written(app: Flask, webhook, receiver, ask, sql) -> None:
    webhook(receiver.url, project="other")
    webhook(receiver.url, events=("agent.build_paused",))
    ask()
    with app.app_context():
        assert outbox.plan() == set()
    assert sql("select count(*) from deliveries")[0][0] == 0


def test_what_happened_while_no_worker_ran_is_sent_once(
    app: Flask, receiver: Receiver, webhook, ask, settled
) -> None:
    webhook(receiver.url)
    questions = {ask(f"May I send mail {number}?")["id"] for number in range(5)}
    workers = [Worker(app), Worker(app)]
    for each in workers:
        each.start()
    try:
        settled(5)
    finally:
        for each in workers:
            each.stop()
    told = [got.payload["data"]["escalation_id"] for got in receiver.all]
    assert sorted(told) == sorted(questions)


def test_what_committed_later_than_a_later_event_is_not_lost(
    app: Flask, receiver: Receiver, webhook, ask, sql
) -> None:
    """An open transaction has an older number than what is planned meanwhile."""
    webhook(receiver.url)
    asked = ask()
    copy = """
        insert into job_events (job, seq, kind, at, payload)
        select job, 2, kind, at, payload from job_events where seq = 1
    """
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="READ COMMITTED") as slow:
            slow.execute(db.text(copy))
            ask("May I delete the mail?", job="build-2")
            assert outbox.plan() == {"webhook"}
            slow.commit()
        assert outbox.plan() == {"webhook"}
    rows = sql("select escalation_id, seq from deliveries where job = 1 order by seq")
    assert [(str(row.escalation_id), row.seq) for row in rows] == [
        (asked["id"], 1),
        (asked["id"], 2),
    ]


def test_two_workers_that_plan_at_the_same_time_plan_everything_once(
    app: Flask, receiver: Receiver, webhook, ask, sql
) -> None:
    webhook(receiver.url)
    for number in range(10):
        ask(f"May I send mail {number}?")
    ready = threading.Barrier(4)

    def plan() -> None:
        ready.wait()
        with app.app_context():
            outbox.plan()

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sql("select count(*), count(distinct message_id) from deliveries")[0] == (10, 10)


def test_a_database_that_was_restored_elsewhere_goes_on_from_now(
    app: Flask, receiver: Receiver, webhook, ask, sql
) -> None:
    webhook(receiver.url)
    sql("update outbox set snapshot = '9000000000:9000000000:'")
    ask()
    with app.app_context():
        assert outbox.plan() == set()
        ask("May I delete the mail?")
        assert outbox.plan() == {"webhook"}


def test_a_slow_receiver_holds_up_no_other(
    worker: Worker, receiver: Receiver, webhook, ask
) -> None:
    with Receiver() as slow:
        slow.behaves(drips)
        webhook(slow.url)
        for number in range(10):
            ask(f"May I send mail {number}?")
        slow.next()
        webhook(receiver.url)
        last = ask("May I delete the mail?")
        assert receiver.next().payload["data"]["escalation_id"] == last["id"]


class Broken(Channel[str]):
    """A channel whose provider never answers in time."""

    name = "broken"
    threads = 1
    knows_repeats = False

    def load(self, delivery):
        return delivery.message_id

    def send(self, message):
        raise RuntimeError("a fault of the program")


STORE = """
    insert into deliveries (message_id, channel, kind, project_id, state, attempts, due_at,
        created_at, moved_at)
    values (:message, 'broken', 'test', 'shop', :state, :attempts, now() - interval '1 minute',
        now(), now())
"""


@pytest.fixture
def broken(app: Flask):
    worker = Worker(app, channels=(Broken(),))
    worker.start()
    yield worker
    worker.stop()


def test_a_fault_of_a_channel_is_a_failed_attempt_and_stops_nothing(broken, sql, settled) -> None:
    for message in ("one", "two"):
        sql(STORE, message=message, state="waiting", attempts=0)
    rows = settled(2, "failed_temporarily")
    assert {row.provider_answer for row in rows} == {"The server failed: RuntimeError"}


def test_what_may_have_arrived_is_not_repeated_where_nobody_would_know(
    broken, sql, settled
) -> None:
    sql(STORE, message="one", state="leased", attempts=1)
    (row,) = settled(1, "maybe_sent")
    assert (row.due_at, row.provider_answer) == (None, "The worker ended while it was sent.")


def test_a_worker_whose_lease_ran_out_does_not_overrule_the_next_one(app: Flask, sql) -> None:
    sql(STORE, message="one", state="waiting", attempts=0)
    with app.app_context():
        first = deliveries.claim("broken", -1)
        second = deliveries.claim("broken", 60)
        assert first
        assert second
        assert (first.id, first.attempts) == (second.id, 1)
        assert not deliveries.settle(first, Attempt(Outcome.FAILED), may_repeat=True)
        assert deliveries.settle(second, Attempt(Outcome.ACCEPTED), may_repeat=True)
    assert sql("select state, attempts from deliveries")[0] == ("accepted", 2)


def test_a_receiver_says_when_it_wants_to_be_asked_again(
    worker: Worker, receiver: Receiver, webhook, ask, settled
) -> None:
    receiver.behaves(says(429, "slowly", Retry_After="4000"))
    webhook(receiver.url)
    ask()
    (row,) = settled(1, "failed_temporarily")
    assert row.due_at - now() > timedelta(seconds=3900)
    assert row.provider_answer == "429 slowly"


def test_a_worker_that_runs_is_known_and_one_that_stopped_is_not(app: Flask, sql) -> None:
    worker = Worker(app)
    worker.start()
    until(
        lambda: sql("select 1 from worker_beats where id = :id", id=worker.name), "a sign of life"
    )
    worker.stop()
    assert not sql("select 1 from worker_beats")


def test_the_worker_survives_the_loss_of_all_its_connections(
    app: Flask, worker: Worker, receiver: Receiver, webhook, ask, sql
) -> None:
    webhook(receiver.url)
    ask()
    receiver.next()
    sql(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    with app.app_context():
        db.engine.dispose()  # those of this test as well
    last = ask("May I delete the mail?")
    assert receiver.next(60).payload["data"]["escalation_id"] == last["id"]
