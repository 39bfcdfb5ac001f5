"""The PostgreSQL that comes along: it keeps its data whatever is killed, harms no other process,
and runs as root and as anybody else."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from desk_process import ROOT, environment, processes_of, wait_gone

from webapp.config import Config, SetupError
from webapp.embedded import Server, ensure_running
from webapp.embedded.cluster import Cluster
from webapp.embedded.lock import DataDirInUse
from webapp.embedded.programs import Account, command_line

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def ask(url: str, query: str) -> object:
    with connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def config_for(data_dir: Path) -> Config:
    return Config.from_environ({"DATA_DIR": str(data_dir)})


@contextlib.contextmanager
def another_python(
    data_dir: Path, code: str, become: Sequence[str] = ()
) -> Iterator[subprocess.Popen]:
    """A process of its own that runs `code` with `Server` and `path` at hand."""
    start = "import sys; from pathlib import Path; from webapp.embedded import *; "
    start += "path = Path(sys.argv[1]); "
    process = subprocess.Popen(
        [*become, sys.executable, "-c", start + code, str(data_dir)],
        cwd=ROOT,
        env=environment(data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Server]:
    """A server for the tests that do not end it."""
    with Server(data_dir, durable=False, holder="desk") as server:
        yield server


SERVE = "server = Server(path); server.start(); print(server.url(), flush=True); "
WAIT = "sys.stdin.read()"


def test_it_is_durable_reachable_by_its_socket_only_and_the_desk_is_no_superuser(tmp_path):
    with Server(tmp_path / "data") as server:
        with connect(server.url()) as connection:
            shown = {
                name: connection.execute(f"show {name}").fetchone()[0]
                for name in ("fsync", "full_page_writes", "synchronous_commit", "listen_addresses")
            }
        assert shown == {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "listen_addresses": "",
        }
        assert ask(server.url(), "select current_setting('is_superuser')") == "off"
        assert ask(server.url(), "select current_setting('server_version_num')").startswith("18")


def test_a_setting_that_would_lose_data_does_not_slip_in(tmp_path):
    with Server(tmp_path):
        pass
    with (tmp_path / "postgres" / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")
    with Server(tmp_path) as server:
        assert ask(server.url(), "show fsync") == "on"
        assert ask(server.url(), "show full_page_writes") == "on"


def test_the_password_is_needed_and_kept_from_others(running, data_dir):
    password = (data_dir / "postgres-password").read_text()
    assert (data_dir / "postgres-password").stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(running.url().replace(password, "wrong"))


def test_data_is_there_after_a_stop_and_a_start(tmp_path):
    with Server(tmp_path) as server, connect(server.url()) as connection:
        connection.execute("create table kept as select 42 as answer")
    with Server(tmp_path) as server:
        assert ask(server.url(), "select answer from kept") == 42


def test_a_folder_too_long_for_a_socket_works(tmp_path):
    data_dir = tmp_path / ("long " + "x" * 120)
    with Server(data_dir, durable=False) as server:
        assert ask(server.url(), "select 1") == 1
    folder = Cluster(data_dir).socket_dir
    assert folder.parent == Path("/tmp")
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def test_a_copy_of_a_template_has_its_tables_and_can_be_dropped(running):
    with connect(running.create_database("template_x")) as connection:
        connection.execute("create table t as select 7 as n")
    copy = running.create_database("copy", template="template_x")
    assert ask(copy, "select n from t") == 7
    running.drop_database("copy")
    running.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(copy)


def test_a_second_server_on_the_same_folder_is_turned_away(running, data_dir):
    with pytest.raises(DataDirInUse) as caught:
        Server(data_dir).start()
    assert caught.value.by_desk
    assert running.is_alive()


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
        started = time.monotonic()
        with pytest.raises(GivenUp):
            Server(tmp_path, durable=False, pause=give_up).start()
        assert time.monotonic() - started < 10  # a lost signal costs 30
    finally:
        signal.signal(signal.SIGINT, before)
    assert wait_gone(list(processes_of(tmp_path)), 0) == []


def test_why_it_does_not_start_is_said_in_one_sentence(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(SetupError, match="does not start") as caught:
        Server(tmp_path, durable=False).start()
    assert "pg_control" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_lost_password_is_said_to_be_lost(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres-password").unlink()
    with pytest.raises(SetupError, match="bring back the file"):
        Server(tmp_path, durable=False).start()


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(SetupError, match=f"{tmp_path}/lock cannot be used"):
        Server(tmp_path, durable=False).start()


def test_data_of_another_postgresql_version_is_left_alone(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 17"):
        Server(tmp_path, durable=False).start()


def test_a_command_finds_the_running_server_and_leaves_it_running(running, data_dir):
    with ensure_running(config_for(data_dir)) as url:
        assert ask(url, "select 1") == 1
    assert running.is_alive()


def test_a_command_starts_a_server_for_as_long_as_it_takes(tmp_path):
    with ensure_running(config_for(tmp_path)) as url:
        assert ask(url, "select 1") == 1
    with pytest.raises(psycopg.OperationalError):
        connect(url)


def test_a_block_inside_a_block_goes_on_at_once(tmp_path):
    with ensure_running(config_for(tmp_path)) as outer:
        with ensure_running(config_for(tmp_path)) as inner:
            assert inner == outer
        assert ask(outer, "select 1") == 1


def test_the_second_of_two_commands_waits_for_the_first(tmp_path):
    with another_python(tmp_path, SERVE + WAIT + "; server.stop()") as first:
        first.stdout.readline()
        got = []

        def second() -> None:
            with ensure_running(config_for(tmp_path)) as url:
                got.append((first.poll(), ask(url, "select 1")))

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        assert got == []
        first.stdin.close()
        waiting.join(20)
    assert got == [(0, 1)]


def test_with_a_database_url_nothing_is_started(tmp_path):
    config = Config.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://h/d"})
    with ensure_running(config) as url:
        assert url == "postgresql+psycopg://h/d"
    assert not (tmp_path / "postgres").exists()


@as_root
def test_root_can_keep_the_data_below_a_folder_of_its_own_and_none_is_opened(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    with Server(closed / "data", durable=False) as server:
        assert ask(server.url(), "select 1") == 1
        pid = int((closed / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
        assert os.stat(f"/proc/{pid}").st_uid != 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == 0


@as_root
def test_anybody_else_runs_it_as_themselves(tmp_path):
    uid = 65534
    base = Path("/var/tmp") / f"unstuck-test-{os.getpid()}"
    base.mkdir(0o700)
    os.chown(base, uid, uid)
    # The Python of these tests may itself lie where only root may go, so it is started the way
    # that the server is.
    become = command_line("postgres", account=Account(uid, uid), reach=ROOT, on_parents_death=0)[
        :-1
    ]
    try:
        code = SERVE + "server.stop()"
        with another_python(base / "data", code, become) as process:
            assert process.stdout.readline().startswith("postgresql")
            assert process.wait(20) == 0
        assert (base / "data" / "postgres").stat().st_uid == uid
        # Root's own command on that data goes on as its owner.
        with Server(base / "data", durable=False) as server:
            assert ask(server.url(), "select 1") == 1
        assert (base / "data" / "postgres" / "PG_VERSION").stat().st_uid == uid
    finally:
        shutil.rmtree(base)


def test_the_programs_cannot_be_missing_without_a_sentence(tmp_path):
    code = (
        "import webapp.embedded.programs as p; p._PACKAGE = 'not_there'\n"
        "try: Server(path).start()\n"
        "except Exception as e: print(type(e).__name__, e.message)"
    )
    with another_python(tmp_path, code) as process:
        said = process.stdout.read()
    assert said.startswith("SetupError")
    assert "DATABASE_URL" in said


def test_a_socket_folder_that_somebody_else_put_there_is_refused(tmp_path):
    data_dir = tmp_path / ("y" * 120)
    folder = Cluster(data_dir).socket_dir
    folder.mkdir(0o777)
    folder.chmod(0o777)
    try:
        with pytest.raises(SetupError, match="belongs to somebody else"):
            Server(data_dir, durable=False).start()
    finally:
        folder.rmdir()


def test_nothing_listens_on_the_network(running, data_dir):
    pid = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    sockets = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    on_the_network = {
        f"socket:[{line.split()[9]}]"
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    }
    assert any(name.startswith("socket:") for name in sockets)
    assert not sockets & on_the_network
