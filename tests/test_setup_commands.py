"""Commands share the PostgreSQL that comes along with a desk and with each other."""

import threading

import psycopg
import pytest
from desk_process import Desk, flask
from embedded_process import (
    SERVE,
    WAIT,
    another_python,
    ask,
    config_for,
    connect,
)

from webapp.config import Config
from webapp.embedded import Server, ensure_running


def test_a_command_finds_the_running_server_and_leaves_it_running(tmp_path):
    with Server(tmp_path, durable=False, holder="desk") as server:
        with ensure_running(config_for(tmp_path)) as url:
            assert ask(url, "select 1") == 1
        assert server.is_alive()


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
                got.append(ask(url, "select 1"))

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        assert got == []
        first.stdin.close()
        waiting.join(20)
    assert got == [1]


TOKEN = ("token", "create", "--name", "builder", "--project", "shop")


@pytest.mark.parametrize("words", [TOKEN, ("founder", "link"), ("token", "list"), ("prune",)])
def test_a_command_makes_no_second_empty_database(tmp_path, words):
    done = flask(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no Unstuck server on the data folder {tmp_path}" in done.stderr
    assert "make run" in done.stderr
    assert "DATA_DIR" in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_command_on_other_data_names_the_server_that_runs(tmp_path):
    with Desk(tmp_path / "one") as desk:
        port = desk.url.rpartition(":")[2]
        done = flask(tmp_path / "two", *TOKEN, PORT=port)
        assert (done.returncode, done.stdout) == (2, "")
        assert f":{port} doesn't use the data folder {tmp_path / 'two'}" in done.stderr
        assert not (tmp_path / "two" / "postgres").exists()


def test_a_printed_link_leads_to_the_running_server_whatever_the_command_knows_of_it(tmp_path):
    with Desk(tmp_path) as desk:
        assert desk.url.startswith("http://localhost:")
        done = flask(tmp_path, "founder", "link", PORT="5999", PUBLIC_URL="https://other.example")
        assert done.stdout.startswith(f"{desk.url}/sign-in/"), done.stderr
        assert "No server is running" not in done.stderr


def test_with_a_database_url_nothing_is_started(tmp_path):
    config = Config.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://h/d"})
    with ensure_running(config) as url:
        assert url == "postgresql+psycopg://h/d"
    assert not (tmp_path / "postgres").exists()
