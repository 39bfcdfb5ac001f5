"""The PostgreSQL that comes along keeps its data whatever is killed, and harms no other process."""

import contextlib
import os
import signal
import subprocess
import threading

import psycopg
import pytest
from desk_process import processes_of, wait_gone
from embedded_process import (
    SERVE,
    WAIT,
    another_python,
    ask,
    connect,
)
from in_time import within

from webapp.embedded import Server
from webapp.embedded.cluster import Cluster
from webapp.embedded.programs import command_line


def test_setting_up_that_was_killed_in_the_middle_is_begun_anew(tmp_path):
    with another_python(tmp_path, SERVE) as process:
        while not list(tmp_path.glob("postgres.new-*/PG_VERSION")):
            assert process.poll() is None
        process.kill()
    assert not (tmp_path / "postgres").exists()
    with Server(tmp_path, durable=False) as server:
        assert ask(server.url(), "select 1") == 1
    wait_gone(list(processes_of(tmp_path)), 10)  # what initdb had started
    with Server(tmp_path, durable=False):
        assert not list(tmp_path.glob("postgres.new-*"))


def test_an_old_pid_file_that_names_a_stranger_neither_hurts_it_nor_stops_the_start(tmp_path):
    with Server(tmp_path, durable=False) as server:
        old = (tmp_path / "postgres" / "postmaster.pid").read_text().split("\n", 1)
        owner = (tmp_path / "postgres").stat()
    # The stranger is a process of the same user that the server runs as, or of ours.
    who = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **who) as stranger:
        note = tmp_path / "postgres" / "postmaster.pid"
        note.write_text(f"{stranger.pid}\n{old[1]}")
        os.chown(note, owner.st_uid, owner.st_gid)
        with Server(tmp_path, durable=False) as server:
            assert ask(server.url(), "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_it_ends_with_a_killed_supervisor_and_all_committed_data_is_there_afterwards(tmp_path):
    with another_python(tmp_path, SERVE + WAIT) as process:
        url = process.stdout.readline().strip()
        with connect(url) as connection:
            connection.execute("create table kept as select 42 as answer")
        servers = [pid for pid, line in processes_of(tmp_path).items() if "bin/postgres" in line]
        process.send_signal(signal.SIGKILL)
        assert wait_gone(servers, 10) == []
    with Server(tmp_path, durable=False) as server:
        assert ask(server.url(), "select answer from kept") == 42


def test_a_server_left_running_is_stopped_and_replaced(tmp_path):
    """Where the kernel does not end it with its supervisor, the next start does."""
    with Server(tmp_path, durable=False):
        pass
    cluster = Cluster(tmp_path)
    orphan = subprocess.Popen(
        command_line(
            "postgres",
            "-D",
            str(cluster.path),
            account=cluster.account,
            reach=tmp_path,
            on_parents_death=0,
        ),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "ready to accept" not in orphan.stderr.readline():
        assert orphan.poll() is None
    with orphan, Server(tmp_path, durable=False) as server:
        assert orphan.wait(10) == 0
        assert ask(server.url(), "select 1") == 1


def test_a_killed_server_comes_back_with_its_data(tmp_path):
    with Server(tmp_path) as server:
        with connect(server.url()) as connection:
            connection.execute("create table kept as select 42 as answer")
        pid = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_gone([pid], 10)
        assert not server.is_alive()
        server.restart()
        assert ask(server.url(), "select answer from kept") == 42


def test_a_killed_session_is_repaired_by_the_server_itself(tmp_path):
    with Server(tmp_path, durable=False) as server:
        victim = connect(server.url())
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        wait_gone([victim.info.backend_pid], 10)
        victim.close()
        assert server.is_alive()
        end = threading.Event()
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError):
                assert ask(server.url(), "select 1") == 1
                break
            end.wait(0.05)
        else:
            pytest.fail("no session within 10 seconds")


def test_a_start_that_is_given_up_ends_at_once_also_in_the_background_of_a_shell(tmp_path):
    class GivenUp(Exception):
        pass

    def give_up(_seconds: float) -> None:
        raise GivenUp

    with Server(tmp_path, durable=False):
        pass
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for `command &`
    try:
        with within(10, instead_of=30), pytest.raises(GivenUp):  # a lost signal costs 30
            Server(tmp_path, durable=False, pause=give_up).start()
    finally:
        signal.signal(signal.SIGINT, before)
    assert wait_gone(list(processes_of(tmp_path)), 0) == []
