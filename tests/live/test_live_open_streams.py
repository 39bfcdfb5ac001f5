"""A token has so many open streams in all processes together, and a closed one makes room."""

import http.client
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from web_process import DeskProcess, until

from webapp import statements
from webapp.clock import now
from webapp.extensions import db
from webapp.operations import stream_slots

PATH = "/api/jobs/build-1/events?project_id=shop"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Two workers that count."""
    return environ | {"QUOTAS": "on", "WEB_CONCURRENCY": "2"}


class Stream:
    """One open stream, or the refusal of one."""

    def __init__(self, desk: DeskProcess, agent: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
        self._connection.request("GET", PATH, headers=agent | {"Accept": "text/event-stream"})
        answer = self._connection.getresponse()
        self.status = answer.status
        if self.status == 200:
            answer.read(1)  # it has begun

    def close(self) -> None:
        self._connection.close()


def test_two_workers_together_hold_only_so_many_streams_of_a_token(
    desk: DeskProcess, agent: dict[str, str], shop_jobs
) -> None:
    shop_jobs.tell("build-1", "A shop")
    streams: list[Stream] = []
    lock = threading.Lock()

    def open_some() -> None:
        for _ in range(15):
            stream = Stream(desk, agent)
            with lock:
                streams.append(stream)

    threads = [threading.Thread(target=open_some) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(stream.status for stream in streams) == [200] * 50 + [429] * 10
        for stream in [each for each in streams if each.status == 200][:30]:
            stream.close()
        shop_jobs.tell("build-1", "A shop, written to")  # so that closed streams are noticed
        later: list[Stream] = []

        def another() -> bool:
            later.append(Stream(desk, agent))
            return later[-1].status == 200

        until(another, "a closed stream makes room in every worker")
        streams += later
    finally:
        for stream in streams:
            stream.close()


def test_no_two_processes_get_the_same_slot(app: Flask) -> None:
    taken: list[int | None] = []

    def take_some() -> None:
        process = uuid.uuid4()
        with app.app_context():
            taken.extend(stream_slots.take(db.session(), "who", process, 20) for _ in range(8))

    threads = [threading.Thread(target=take_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [slot for slot in taken if slot is not None]
    assert sorted(got) == list(range(1, 21))
    assert len(taken) == 32


def test_a_process_that_has_only_just_begun_keeps_its_first_slot(app: Flask, sql) -> None:
    """The other one's statement began before the first one's was committed, and doesn't see that
    process."""
    first, second = uuid.uuid4(), uuid.uuid4()
    waits = "select from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'stream_slots'"

    def take() -> int | None:
        with app.app_context():
            return stream_slots.take(db.session(), "who", second, 1)

    with ThreadPoolExecutor(1) as thread, app.app_context():
        statements.run(db.session(), "begin")
        assert stream_slots.take(db.session(), "who", first, 1) == 1
        later = thread.submit(take)
        until(lambda: sql(waits), "the second one waits for the first one's commit")
        db.session().commit()
        assert later.result() is None
    assert sql("select process from stream_slots") == [(first,)]


def test_a_process_that_was_thought_dead_lives_when_it_takes_a_slot(app: Flask) -> None:
    slow, other = uuid.uuid4(), uuid.uuid4()
    with app.app_context():
        stream_slots.note_process(slow)
        with time_machine.travel(now() + stream_slots.SEEN_FOR + timedelta(seconds=1)):
            assert stream_slots.take(db.session(), "who", slow, 1) == 1
            assert stream_slots.take(db.session(), "who", other, 1) is None


def test_a_process_that_died_keeps_nobody_out(app: Flask, sql) -> None:
    dead, alive = uuid.uuid4(), uuid.uuid4()
    with app.app_context():
        for _ in range(3):
            assert stream_slots.take(db.session(), "who", dead, 3)
        assert stream_slots.take(db.session(), "who", alive, 3) is None
        assert stream_slots.take(db.session(), "another", alive, 3)
        with time_machine.travel(now() + stream_slots.SEEN_FOR + timedelta(seconds=1)):
            stream_slots.note_process(alive)
            assert stream_slots.take(db.session(), "who", alive, 3)
            assert sql("select distinct process from stream_slots") == [(alive,)]


def test_what_is_given_back_is_free_and_no_slot_of_another_process(app: Flask) -> None:
    one, another = uuid.uuid4(), uuid.uuid4()
    with app.app_context():
        first = stream_slots.take(db.session(), "who", one, 2)
        second = stream_slots.take(db.session(), "who", another, 2)
        assert first is not None
        assert second is not None
        stream_slots.give_back(another, [("who", first)])
        assert stream_slots.take(db.session(), "who", another, 2) is None
        stream_slots.give_back(one, [("who", first)])
        assert stream_slots.take(db.session(), "who", another, 2) == first
