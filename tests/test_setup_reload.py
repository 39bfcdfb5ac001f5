"""SIGHUP replaces the workers without a failed request: the new ones load before the old ones end,
and a connection that is kept open is answered until it is let go."""

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
from desk_process import Desk
from kept_callers import KeptCaller, calling, failures, wait_served
from web_process import START_PATIENCE_S, DeskProcess, until

CLIENTS = 4
HERE = Path(__file__).parent


@contextmanager
def regulars(desk: DeskProcess) -> Iterator[Sequence[KeptCaller]]:
    """Some callers, who are being served."""
    health = ("GET", f"{desk.url}/healthz", {})
    with calling([KeptCaller([health]) for _ in range(CLIENTS)]) as clients:
        yield clients


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """While this file is there, no worker finishes loading."""
    return tmp_path / "slow"


@pytest.fixture
def desk(environ: dict[str, str], slow: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(
        environ | {"SLOW_TO_LOAD": str(slow)},
        application="slow_to_load:app",
        folder=HERE / "live",
    )
    try:
        process.start()
        yield process
    finally:
        process.stop()


def hang_up(desk: DeskProcess) -> set[int]:
    """Send SIGHUP; returns the workers of before, once there are new ones beside them."""
    before = set(desk.workers())
    assert desk.process is not None
    desk.process.send_signal(signal.SIGHUP)
    until(lambda: len(set(desk.workers()) - before) == 2, "new workers are started")
    return before


def wait_ended(desk: DeskProcess, before: set[int]) -> None:
    until(lambda: not before & set(desk.workers()), "the old ones end", START_PATIENCE_S)


def test_old_workers_serve_until_the_new_ones_have_loaded(desk: DeskProcess, slow: Path) -> None:
    slow.touch()
    before = hang_up(desk)
    with regulars(desk) as clients:
        assert before <= set(desk.workers())
        slow.unlink()
        wait_ended(desk, before)
        wait_served(clients)
    assert len(desk.workers()) == 2
    assert failures(clients) == []


def test_no_request_on_a_kept_connection_fails_while_workers_are_replaced(
    desk: DeskProcess,
) -> None:
    with regulars(desk) as clients:
        for _ in range(2):
            before = hang_up(desk)
            wait_ended(desk, before)
            wait_served(clients)
    assert failures(clients) == []


def test_a_new_worker_that_is_killed_while_it_loads_is_started_again(
    desk: DeskProcess, slow: Path
) -> None:
    slow.touch()
    before = hang_up(desk)
    victim = next(iter(set(desk.workers()) - before))
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in desk.workers(), "it has ended", START_PATIENCE_S)
    until(lambda: len(desk.workers()) == 4, "another one is started", START_PATIENCE_S)
    assert before <= set(desk.workers())
    slow.unlink()
    wait_ended(desk, before)
    assert len(desk.workers()) == 2


def test_sigusr1_lets_the_supervisor_replace_the_web_workers(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        before = desk.find("gunicorn")
        desk.interrupt(signal.SIGUSR1)
        until(lambda: before[1] not in desk.find("gunicorn"), "a new worker", START_PATIENCE_S)
        after = desk.find("gunicorn")
        assert after[0] == before[0]
        assert desk.find("webapp.serving") == [desk.pid]
        with urllib3.PoolManager() as pool:
            assert pool.request("GET", f"{desk.url}/readyz").status == 200


def test_requests_that_begin_at_the_moment_of_a_stop_are_served(desk: DeskProcess) -> None:
    """On connections that the stopped workers have not accepted yet."""
    workers = desk.workers()
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    begun = [socket.create_connection(("127.0.0.1", desk.port)) for _ in range(20)]
    try:
        for connection in begun:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        desk.terminate()
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
            os.kill(worker, signal.SIGCONT)
        for connection in begun:
            connection.settimeout(START_PATIENCE_S)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 200 OK\r\n")
    finally:
        for connection in begun:
            connection.close()
