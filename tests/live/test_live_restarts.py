"""The database restarts as a whole, and two hundred readers are cut, slow or stopped: no event is
lost, none comes twice, and nothing stays behind."""

import contextlib
import http.client
import random
import signal
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError
from web_process import until

from tests.conftest import migrated_server
from webapp.embedded import Server

WRITERS = 8
EACH = 15
READERS = 200
PROCESSES = 4
CONNECTIONS_A_WORKER = 22  # twenty for requests, one to listen, one to notify


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL of this file's own, to restart."""
    with migrated_server(tmp_path_factory.mktemp("restarted")) as server:
        yield server


def write_all(site, job: str) -> None:
    """Eight agents tell about one job; a call that fails is made again until it works."""

    def tell(writer: int) -> None:
        for number in range(EACH):
            body = {"project_id": "shop", "title": f"{writer}/{number}"}
            until(partial(reported, site, job, body), "the desk takes it", 60)

    threads = [threading.Thread(target=tell, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def reported(site, job: str, body: object) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError, http.client.HTTPException):
        return site.call("PUT", f"/api/jobs/{job}", body)[0] == 200
    return False


def grown(shop_jobs, job: str, reached: int) -> bool:
    """Asked also while the database is not there."""
    with contextlib.suppress(SQLAlchemyError):
        return shop_jobs.last_seq(job) >= reached
    return False


@contextlib.contextmanager
def readers(site, job: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Two hundred of them, in four processes."""
    token = site.agent["Authorization"].removeprefix("Bearer ")
    path = f"/api/jobs/{job}/events?project_id=shop"
    command = [sys.executable, str(Path(__file__).with_name("many_readers.py"))]
    command += [str(site.desk.port), path, token, str(READERS // PROCESSES)]
    started = [
        subprocess.Popen(
            [*command, str(seed * 1000)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def finished(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=90)
    assert process.returncode == 0, out
    return out


@pytest.fixture
def job(site, shop_jobs) -> str:
    shop_jobs.tell("build-1", "begin")
    return "build-1"


@pytest.fixture
def no_leak(sql):
    """At the end no connection is in the middle of something, and no more are kept than agreed."""

    def at_ease() -> bool:
        busy = "count(*) filter (where state <> 'idle')"
        found = sql(
            f"select count(*), {busy} from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        )
        return found[0][0] <= 3 * CONNECTIONS_A_WORKER and found[0][1] == 0

    yield
    until(at_ease, "the connections are at ease")


def test_two_hundred_readers_cut_slow_or_stopped_miss_nothing(site, job, shop_jobs, no_leak):
    chance = random.Random(5)
    with readers(site, job) as processes:
        writing = threading.Thread(target=write_all, args=(site, job))
        writing.start()
        for step in range(1, 5):
            stopped = chance.choice(processes)
            stopped.send_signal(signal.SIGSTOP)
            until(partial(grown, shop_jobs, job, step * 20), "some writing", 60)
            stopped.send_signal(signal.SIGCONT)
        writing.join()
        shop_jobs.tell(job, "end")
        said = [finished(process) for process in processes]
    last = shop_jobs.last_seq(job)
    assert all(line.endswith(f"up to {last}\n") for line in said)
    assert sum(int(line.split()[0]) for line in said) > 100


def test_the_database_restarts_under_streams_waiting_calls_and_writers(
    site, job, shop_jobs, server, no_leak
):
    key = shop_jobs.ask(job)
    answers = []
    path = f"/api/escalations/{key}/decision?wait=60"
    waiting = threading.Thread(target=lambda: answers.append(site.call("GET", path)))
    waiting.start()
    with readers(site, job) as processes:
        writing = threading.Thread(target=write_all, args=(site, job))
        writing.start()
        for reached in (20, 60):
            until(partial(grown, shop_jobs, job, reached), "some writing", 60)
            server.stop()
            server.start()
        writing.join()
        until(partial(grown, shop_jobs, job, WRITERS * EACH), "all is written")
        assert until(lambda: resolved(site, key), "the answer is taken")
        waiting.join(20)
        shop_jobs.tell(job, "end")
        ends = {finished(process).split()[-1] for process in processes}
    # That the answer was delivered may be told after the end.
    assert len(ends) == 1
    assert int(ends.pop()) > WRITERS * EACH
    [(status, answer)] = answers
    assert (status, answer["decision"]) == (200, "use_a")


def resolved(site, key) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError, http.client.HTTPException):
        return site.resolve(key)[0] == 200
    return False
