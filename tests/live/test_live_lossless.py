"""No event lost, none twice, order kept: with many writers, and with everything cut that can be."""

import contextlib
import http.client
import random
import socket
import threading
import time
import urllib.error
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sse import Over, idle_reader
from web_process import until

WRITERS = 8
EACH = 25


def write_all(site, job: str, *, timeout_s: float = 30) -> None:
    """Eight agents tell about one job at the same time. A call that breaks is made again."""

    def tell(writer: int) -> None:
        for number in range(EACH):
            end = time.monotonic() + timeout_s
            while True:
                try:
                    body = {"project_id": "shop", "title": f"{writer}/{number}"}
                    status, _ = site.call("PUT", f"/api/jobs/{job}", body)
                    assert status == 200
                    break
                except (urllib.error.URLError, OSError, http.client.HTTPException):
                    assert time.monotonic() < end

    threads = [threading.Thread(target=tell, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Follower(threading.Thread):
    """Reads a job's stream until the event titled "end"; is cut at random and comes back with its
    last id."""

    def __init__(self, site, job: str, seed: int, cut_after: int = 20) -> None:
        super().__init__(daemon=True)
        self.site, self.job, self.cut_after = site, job, cut_after
        self.chance = random.Random(seed)
        self.seen: list[int] = []
        self.connections = 0
        self.ended = False
        self.start()

    def run(self) -> None:
        while not self.ended:
            self.connections += 1
            try:
                with self.site.follow(self.job, self.seen[-1] if self.seen else None) as stream:
                    self.read(stream, self.chance.randint(1, self.cut_after))
            except Over:
                continue

    def read(self, stream, count: int) -> None:
        for _ in range(count):
            message = stream.next()
            self.seen.append(message.seq)
            if message.json().get("title") == "end":
                self.ended = True
                return

    def check(self, last: int) -> None:
        """It must see each number up to `last` once and in order."""
        self.join(60)
        assert self.seen == list(range(1, last + 1))


@pytest.fixture
def job(site, shop_jobs) -> str:
    shop_jobs.tell("build-1", "begin")
    return "build-1"


def test_eight_writers_and_readers_that_are_cut_and_come_back(site, job, shop_jobs):
    followers = [Follower(site, job, seed) for seed in range(3)]
    write_all(site, job)
    shop_jobs.tell(job, "end")
    for follower in followers:
        follower.check(shop_jobs.last_seq(job))
        assert follower.connections > 5
    assert followers[0].seen[-1] >= WRITERS * EACH


def test_the_same_while_workers_are_killed_and_replaced(site, job, shop_jobs):
    follower = Follower(site, job, 7)
    writing = threading.Thread(target=write_all, args=(site, job))
    writing.start()
    for reached in (20, 60, 100):
        until(partial(grown, shop_jobs, job, reached), "some writing")
        assert writing.is_alive()
        site.desk.kill_worker()
    writing.join()
    shop_jobs.tell(job, "end")
    follower.check(shop_jobs.last_seq(job))


def grown(shop_jobs, job: str, reached: int) -> bool:
    return shop_jobs.last_seq(job) >= reached


def cut_listeners(sql: Callable) -> int:
    """Break the LISTEN connections of all workers; returns how many there were."""
    return len(
        sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid() "
            "and application_name = 'unstuck listener'"
        )
    )


def test_the_same_while_the_listen_connections_are_cut(site, job, shop_jobs, sql):
    follower = Follower(site, job, 11, cut_after=1000)
    writing = threading.Thread(target=write_all, args=(site, job))
    writing.start()
    cuts = 0
    while writing.is_alive():
        cuts += cut_listeners(sql)
        writing.join(0.2)
    shop_jobs.tell(job, "end")
    follower.check(shop_jobs.last_seq(job))
    assert cuts > 0


def test_all_database_connections_cut_at_once_lose_nothing(site, job, shop_jobs, sql):
    with site.follow(job) as stream:
        assert stream.next().seq == 1
        sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        shop_jobs.write_unheard(job, n=2)
        assert stream.next().seq == 2
        shop_jobs.tell(job, "three")
        assert stream.next().seq == 3


@pytest.mark.parametrize("workers", [1])
def test_an_event_that_nobody_rang_for_comes_all_the_same(site, job, shop_jobs):
    with site.follow(job) as stream:
        assert stream.next().seq == 1
        shop_jobs.write_unheard(job, n=2)
        assert stream.next().seq == 2


@pytest.mark.parametrize("workers", [1])
def test_events_of_other_jobs_do_not_come(site, job, shop_jobs):
    with site.follow(job) as stream:
        assert stream.next().seq == 1
        shop_jobs.tell("build-2", "another")
        shop_jobs.tell("build-1", "another", "other")
        shop_jobs.tell(job, "mine")
        message = stream.next()
        assert (message.seq, message.json()["job_id"]) == (2, "build-1")
        assert message.json()["title"] == "mine"


@pytest.mark.parametrize("workers", [1])
def test_a_slow_reader_is_closed_and_catches_up(site, job, shop_jobs):
    """Trap: "the stream drops events for slow readers and cannot replay"."""
    slow = idle_reader(site.desk.port, f"/api/jobs/{job}/events", site.agent)
    with slow, site.follow(job) as quick:
        assert quick.next().seq == 1
        slow.settimeout(20)
        assert slow.recv(12) == b"HTTP/1.1 200"
        for number in range(30):
            shop_jobs.write(job, number=number, text="x" * 100_000)
        # Whoever reads is not held up by the one who does not, and no burst is too large for it.
        assert [quick.next().seq for _ in range(30)] == list(range(2, 32))
        until(lambda: ended_by_server(slow), "the slow reader is closed", 40)
        got = rest_of(slow)
    last = max(int(line[4:]) for line in got.split("\n") if line.startswith("id: "))
    assert last < 31
    with site.follow(job, last - 1) as stream:  # the last one may have been cut in its middle
        assert [stream.next().seq for _ in range(last, 32)] == list(range(last, 32))


def ended_by_server(reader: socket.socket) -> bool:
    """Whether the server has given up this connection: its end is no longer established. The
    reader's own end does not know, because what it has not read comes first."""
    (_, own), (_, desk) = reader.getsockname(), reader.getpeername()
    ends = f":{desk:04X}", f":{own:04X}", "01"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return not any((line[1][8:], line[2][8:], line[3]) == ends for line in lines)


def rest_of(reader: socket.socket) -> str:
    """What the kernel still holds for it."""
    parts = []
    with contextlib.suppress(OSError):
        while part := reader.recv(65536):
            parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")
