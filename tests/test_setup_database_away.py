"""A start waits for a database that is away, and finds the host of several that takes writes."""

import socket
from collections.abc import Iterator

import pytest
from database_faults import Wire
from desk_process import Desk, refusal
from sqlalchemy import make_url
from web_process import START_PATIENCE_S, until

from webapp.embedded import Server


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """The way to an empty database."""
    wire = Wire(server.create_database("behind_a_wire_at_the_start"))
    yield wire
    wire.close()
    server.drop_database("behind_a_wire_at_the_start")


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody listens, and which stays taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_start_waits_for_the_database_and_says_what_for(tmp_path, wire):
    wire.swallowing.set()
    desk = Desk(tmp_path, DATABASE_URL=wire.url)
    try:
        until(lambda: "Waiting for the database" in desk.complaints(), "it waits", START_PATIENCE_S)
        assert "it doesn't answer" in desk.complaints()
        wire.swallowing.clear()
        desk.wait_ready()
        assert desk.complaints().count("\n") == 1, "it is said once"
    finally:
        desk.stop()


def test_a_start_that_waits_can_be_stopped(tmp_path, free_port):
    desk = Desk(tmp_path, DATABASE_URL=f"postgresql://u:p@127.0.0.1:{free_port}/desk")
    try:
        until(lambda: "no PostgreSQL listens there" in desk.complaints(), "it waits")
        desk.interrupt()
        assert desk.wait() == 0
    finally:
        desk.stop()


def test_what_waiting_would_not_mend_is_refused(tmp_path, wire):
    wrong = make_url(wire.url).set(password="geheim").render_as_string(hide_password=False)
    assert "password is wrong" in refusal(tmp_path, DATABASE_URL=wrong)


def test_of_several_hosts_the_one_that_takes_writes_is_used(tmp_path, wire, free_port):
    hosts = f"127.0.0.1:{free_port},127.0.0.1:{wire.port}"
    url = wire.url.replace(f"127.0.0.1:{wire.port}", hosts) + "?target_session_attrs=read-write"
    with Desk(tmp_path, DATABASE_URL=url) as desk:
        assert desk.complaints() == ""
