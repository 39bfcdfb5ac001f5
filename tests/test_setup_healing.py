"""What is killed again and again, or left over, is brought back; what was asked is answered."""

import http.client
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from desk_process import Desk, wait_gone
from web_process import START_PATIENCE_S, DeskProcess, until

from webapp.config import Config
from webapp.embedded import database_url


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("healed"), WORKER="off") as desk:
        yield desk


def ready(desk: Desk) -> bool:
    """Whether it serves now, its database included."""
    connection = http.client.HTTPConnection(desk.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def connect(desk: Desk) -> psycopg.Connection:
    url = database_url(Config.from_environ({"DATA_DIR": str(desk.data_dir)}))
    return psycopg.connect(url.replace("+psycopg", "", 1))


def test_the_supervisor_does_not_give_up_on_a_web_server_that_is_killed_again_and_again(desk):
    for _ in range(5):
        until(lambda: len(desk.find("gunicorn")) > 1, "it runs", START_PATIENCE_S)
        victim = desk.find("gunicorn")[0]
        os.kill(victim, signal.SIGKILL)
        assert wait_gone([victim], START_PATIENCE_S) == []
    until(lambda: ready(desk), "it serves", START_PATIENCE_S)
    assert desk.find("webapp.serving") == [desk.pid]


def test_a_session_that_was_stopped_does_not_keep_a_killed_database_away(desk):
    until(lambda: ready(desk), "it serves", START_PATIENCE_S)
    with closing(connect(desk)) as session:
        stopped = session.info.backend_pid
        os.kill(stopped, signal.SIGSTOP)
        [postmaster] = [
            pid
            for pid in desk.find("bin/postgres", "-D")
            if Path(f"/proc/{stopped}/stat").read_text().rpartition(")")[2].split()[1] == str(pid)
        ]
        os.kill(postmaster, signal.SIGKILL)
        assert wait_gone([postmaster, stopped], START_PATIENCE_S) == []
    until(lambda: answers(desk), "the database is back", START_PATIENCE_S)
    until(lambda: ready(desk), "it serves", START_PATIENCE_S)
    assert desk.find("webapp.serving") == [desk.pid]


def answers(desk: Desk) -> bool:
    try:
        connect(desk).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_request_that_came_before_the_end_of_a_worker_is_answered(environ):
    """On a connection that was kept open: it is not cut, as one without a request is."""
    process = DeskProcess(environ, workers=1)
    with ExitStack() as ends:
        ends.callback(process.stop)
        process.start()
        kept, idle = (
            http.client.HTTPConnection("127.0.0.1", process.port, timeout=START_PATIENCE_S)
            for _ in range(2)
        )
        for connection in (kept, idle):
            ends.callback(connection.close)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        [worker] = process.workers()
        os.kill(worker, signal.SIGSTOP)
        kept.request("GET", "/healthz")
        os.kill(worker, signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        began = time.monotonic()
        assert kept.getresponse().status == http.HTTPStatus.OK
        assert idle.sock is not None
        assert select.select([idle.sock], [], [], START_PATIENCE_S)[0]
        assert idle.sock.recv(1_000) == b"", "the idle one is let go"
        assert time.monotonic() - began < START_PATIENCE_S
        assert wait_gone([worker], START_PATIENCE_S) == []
