"""The PostgreSQL that comes along: durable, private, for root and for anybody else."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from desk_process import ROOT
from embedded_process import (
    SERVE,
    another_python,
    ask,
    connect,
)

from webapp.embedded import Server
from webapp.embedded.cluster import Cluster
from webapp.embedded.lock import DataDirInUse
from webapp.embedded.programs import Account, command_line

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Server]:
    """A server for the tests that do not end it."""
    with Server(data_dir, durable=False, holder="desk") as server:
        yield server


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


@pytest.mark.parametrize("workers", [2, 5, 64])
def test_it_has_connections_for_all_workers(tmp_path, workers):
    with Server(tmp_path, durable=False, workers=workers) as server:
        usable = "select current_setting('max_connections')::int"
        usable += " - current_setting('superuser_reserved_connections')::int"
        assert ask(server.url(), usable) > workers * 22


def test_a_setting_that_would_lose_data_does_not_slip_in(tmp_path):
    with Server(tmp_path):
        pass
    with (tmp_path / "postgres" / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")
    with Server(tmp_path) as server:
        assert ask(server.url(), "show fsync") == "on"
        assert ask(server.url(), "show full_page_writes") == "on"


def superuser(data_dir, password):
    return psycopg.connect(
        user="postgres",
        password=password,
        host=str(data_dir / "postgres"),
        dbname="postgres",
        autocommit=True,
    )


def test_the_application_s_password_is_not_the_superuser_s(running, data_dir):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        superuser(data_dir, (data_dir / "postgres-password").read_text())
    secret = data_dir / "postgres-superuser-password"
    assert secret.stat().st_mode & 0o077 == 0
    superuser(data_dir, secret.read_text()).close()


def test_a_data_folder_with_one_password_for_both_gets_two(tmp_path):
    with Server(tmp_path, durable=False):
        shared = (tmp_path / "postgres-password").read_text()
        with superuser(tmp_path, (tmp_path / "postgres-superuser-password").read_text()) as link:
            link.execute(f"alter role postgres password '{shared}'")
    (tmp_path / "postgres-superuser-password").unlink()
    for _ in range(2):
        with Server(tmp_path, durable=False) as server:
            connect(server.url()).close()
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                superuser(tmp_path, shared)


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
