"""`make run` as a process tree: it says when it is ready, heals what is killed, and stops whole."""

import http.client
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from desk_process import Desk, flask, processes_of, refusal, wait_gone
from flask import request
from in_time import within
from web_process import START_PATIENCE_S, until

from tests.conftest import config_for
from webapp import create_app
from webapp.config import Config
from webapp.embedded import Server, database_url

HEALED_S = START_PATIENCE_S  # on an idle machine one or two seconds; it loads the application anew


def get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=HEALED_S) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def connect(data_dir: Path) -> psycopg.Connection:
    url = database_url(Config.from_environ({"DATA_DIR": str(data_dir)}))
    return psycopg.connect(url.replace("+psycopg", "", 1))


def count_people(data_dir: Path) -> int:
    with connect(data_dir) as connection:
        return connection.execute("select count(*) from people").fetchone()[0]


def wait_until_served(url: str, data_dir: Path) -> None:
    """Wait for the database first: the word of /readyz holds for a second, and may be from before.
    A request that finds no worker waits in the socket's queue; one that a dying worker had taken is
    cut, and asked again."""
    until(lambda: answers(lambda: count_people(data_dir)), "the database answers", HEALED_S)
    until(lambda: answers(lambda: get(f"{url}/readyz")) == 200, f"{url} is served", HEALED_S)


def answers(ask: Callable[[], int]) -> int | None:
    """What came back; None where nobody answers now."""
    try:
        return ask()
    except (psycopg.OperationalError, OSError, http.client.HTTPException):
        return None


def is_ended(session: psycopg.Connection) -> bool:
    try:
        session.execute("select 1")
    except psycopg.OperationalError:
        return True
    return False


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk") / "data"


@pytest.fixture(scope="module")
def desk(data_dir: Path) -> Iterator[Desk]:
    with Desk(data_dir, WEB_CONCURRENCY="2") as desk:
        yield desk


def test_the_ready_line_is_all_it_says_and_leads_to_a_sign_in(desk):
    assert desk.first_link.startswith(f"{desk.url}/sign-in/")
    assert get(f"{desk.url}/healthz") == 200
    assert get(f"{desk.url}/readyz") == 200
    until(lambda: desk.lines, "a person reads it as well", HEALED_S)
    assert desk.lines[0].split()[-1] == desk.first_link
    assert not any(desk.lines[1:])
    assert desk.complaints() == ""


def test_two_workers_serve_it_beside_one_supervisor_and_one_database(desk):
    assert len(desk.find("webapp.serving")) == 1
    assert len(desk.find("gunicorn")) == 3
    assert len(desk.find("bin/postgres", "-D")) == 1


def test_the_supervisor_stays_small(desk):
    status = Path(f"/proc/{desk.pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 60_000  # kB; with the application it is 78,000


def test_a_command_works_while_the_desk_runs(desk, data_dir):
    done = flask(data_dir, "token", "create", "--name", "builder", "--project", "shop")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 1
    assert desk.find("webapp.serving") == [desk.pid]


def test_a_second_desk_on_the_same_folder_is_turned_away_with_a_sentence(desk, data_dir):
    assert refusal(data_dir).startswith(f"A server already runs on the data folder {data_dir}")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_gone([pid], 5) == []


@pytest.mark.parametrize("victim", ["a worker", "gunicorn", "postgres"])
def test_each_part_that_is_killed_comes_back(desk, data_dir, victim):
    web = desk.find("gunicorn")
    kill(
        {"a worker": web[-1], "gunicorn": web[0], "postgres": desk.find("bin/postgres", "-D")[0]}[
            victim
        ]
    )
    wait_until_served(desk.url, data_dir)
    # A session that was forked just now has the name of its parent for a moment.
    until(lambda: len(desk.find("bin/postgres", "-D")) == 1, "one PostgreSQL is left")
    assert desk.find("webapp.serving") == [desk.pid]


def test_a_database_session_that_is_killed_takes_nothing_along(desk, data_dir):
    with closing(connect(data_dir)) as session, closing(connect(data_dir)) as witness:
        kill(session.info.backend_pid)
        # PostgreSQL ends all other sessions before it recovers: from then on it is waited for.
        until(lambda: is_ended(witness), "the recovery begins", HEALED_S)
    wait_until_served(desk.url, data_dir)
    assert count_people(data_dir) == 1


def test_two_desks_run_side_by_side_and_ctrl_c_stops_all_of_one_within_five_seconds(desk, tmp_path):
    with Desk(tmp_path) as second:
        assert second.url != desk.url
        assert get(f"{second.url}/readyz") == get(f"{desk.url}/readyz") == 200
        parts = list(second.processes())
        # A browser that keeps its connection open does not hold it up.
        browser = http.client.HTTPConnection(second.url.removeprefix("http://"))
        browser.request("GET", "/healthz")
        browser.getresponse().read()
        with within(5, instead_of=15):
            second.interrupt()
            second.interrupt()  # impatient
            assert second.wait() == 0
        browser.close()
        assert wait_gone(parts, 0) == []
        assert second.processes() == {}
        assert second.complaints() == ""
    assert get(f"{desk.url}/readyz") == 200


def test_after_kill_9_of_the_supervisor_nothing_is_left_and_the_data_is_there(tmp_path):
    with Desk(tmp_path) as desk:
        parts = list(desk.processes())
        port = desk.url.rpartition(":")[2]
        people = count_people(tmp_path)
        assert people == 1
        os.kill(desk.pid, signal.SIGKILL)
        with Desk(tmp_path, PORT=port) as again:
            assert wait_gone(parts, 0) == []
            assert again.url == desk.url
            assert count_people(tmp_path) == people
            assert get(f"{again.url}/readyz") == 200


def test_a_desk_that_is_stopped_while_it_starts_leaves_nothing(tmp_path):
    desk = Desk(tmp_path)
    try:
        while not (tmp_path / "postgres" / "postmaster.pid").exists():
            assert desk.processes()
        desk.interrupt()
        assert desk.wait(10) == 0
        assert desk.processes() == {}
    finally:
        desk.stop()


def test_a_command_works_without_a_desk_and_leaves_no_server(tmp_path):
    assert flask(tmp_path, "db", "upgrade").returncode == 0
    done = flask(tmp_path, "founder", "link", "anna@example.com", "--create")
    assert done.returncode == 0, done.stderr
    assert f"No server is running on the data folder {tmp_path}" in done.stderr
    assert processes_of(tmp_path) == {}


def test_a_database_of_ones_own_is_brought_up_to_date_and_used(server: Server, tmp_path):
    url = server.create_database("of_ones_own")
    try:
        with Desk(tmp_path, DATABASE_URL=url) as desk:
            assert get(f"{desk.url}/readyz") == 200
            assert desk.find("bin/postgres") == []
            os.kill(desk.pid, signal.SIGTERM)
            assert desk.wait(5) == 0
            assert desk.processes() == {}
    finally:
        server.drop_database("of_ones_own")


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("0", ("127.0.0.1", "http", "localhost")), ("1", ("7.7.7.7", "https", "desk.example.com"))],
)
def test_what_proxies_say_of_the_caller_is_believed_as_far_as_they_are_trusted(
    database_url, proxies, seen
):
    app = create_app(config_for(database_url, TRUSTED_PROXIES=proxies))
    got = []
    app.before_request(lambda: got.append((request.remote_addr, request.scheme, request.host)))
    forwarded = {
        "X-Forwarded-For": "6.6.6.6, 7.7.7.7",  # the first is what a caller made up
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "desk.example.com",
    }
    assert app.test_client().get("/healthz", headers=forwarded).status_code == 200
    assert got == [seen]
