"""The worker of `make run`: started, healed, and gone with the rest."""

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_process import Desk, wait_gone
from in_time import within
from web_process import until

STARTS_S = 90


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("desk") / "data", WORKER="on") as desk:
        yield desk


def messages(desk: Desk) -> str:
    with urllib.request.urlopen(f"{desk.url}/readyz", timeout=15) as answer:
        said: str = json.load(answer)["messages"]
    return said


def running(desk: Desk) -> list[int]:
    return desk.find("flask", "worker")


def test_a_server_that_started_sends_messages_and_says_so(desk: Desk) -> None:
    until(lambda: "A worker sends" in messages(desk), "the worker is heard", STARTS_S)
    assert len(running(desk)) == 1
    assert desk.complaints() == ""


def test_a_worker_that_is_killed_comes_back_and_the_web_server_stays(desk: Desk) -> None:
    (worker,) = until(lambda: running(desk), "it runs", STARTS_S)
    web = desk.find("gunicorn")
    os.kill(worker, signal.SIGKILL)
    assert wait_gone([worker], 5) == []
    until(lambda: running(desk) not in ([], [worker]), "another one runs", STARTS_S)
    assert desk.find("gunicorn") == web


def test_ctrl_c_stops_the_worker_too_within_five_seconds(tmp_path: Path) -> None:
    with Desk(tmp_path, WORKER="on") as desk:
        until(lambda: "A worker sends" in messages(desk), "the worker is heard", STARTS_S)
        parts = list(desk.processes())
        with within(5, instead_of=15):
            desk.interrupt()
            assert desk.wait() == 0
        assert wait_gone(parts, 0) == []
        assert desk.complaints() == ""


def test_after_kill_9_of_the_supervisor_no_worker_is_left(tmp_path: Path) -> None:
    with Desk(tmp_path, WORKER="on") as desk:
        worker = until(lambda: running(desk), "it runs", STARTS_S)
        os.kill(desk.pid, signal.SIGKILL)
        assert wait_gone(worker, STARTS_S) == []
