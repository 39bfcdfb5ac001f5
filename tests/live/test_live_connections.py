"""What open streams cost the site, and how they end."""

import signal
import socket
import threading
from pathlib import Path

import pytest
from in_time import within
from sse import EventStream
from web_process import until

from webapp.extensions import db
from webapp.models import Token
from webapp.operations import tokens


@pytest.fixture
def workers() -> int:
    """One: its connections are the fewest."""
    return 1


@pytest.fixture
def job(site, shop_jobs) -> str:
    shop_jobs.tell("build-1", "begin")
    return "build-1"


def test_sixty_open_streams_hold_no_connection(site, job, shop_jobs, at_rest):
    """Trap: "one database connection per open stream: the pool is empty and the site hangs": the
    worker has 20 connections."""
    streams = [site.follow(job) for _ in range(60)]
    try:
        for stream in streams:
            assert stream.next().seq == 1
        at_rest(60)
        assert site.call("GET", f"/api/jobs/{job}")[0] == 200
        shop_jobs.tell(job, "two")
        for stream in streams:
            assert stream.next().seq == 2
    finally:
        for stream in streams:
            stream.close()


def test_streams_and_waits_end_when_the_desk_is_asked_to_stop(site, job, shop_jobs, at_rest):
    key = shop_jobs.ask()
    statuses: list[int] = []

    def wait() -> None:
        statuses.append(site.call("GET", f"/api/escalations/{key}/decision?wait=60")[0])

    waiting = threading.Thread(target=wait)
    waiting.start()
    with site.follow(job) as stream, site.follow(job) as another:
        assert [stream.next().seq, another.next().seq] == [1, 1]
        at_rest(3)
        with within(5, instead_of=50):  # a wait that isn't ended takes 60 seconds
            with within(3, instead_of=50):
                site.desk.process.send_signal(signal.SIGTERM)
                stream.rest()
                another.rest()
                waiting.join(50)
            assert statuses == [204]
            assert site.desk.process.wait(50) == 0


def test_a_stream_ends_within_seconds_when_its_token_is_revoked(site, job, app):
    with (
        site.follow(job) as stream,
        EventStream(site.desk.port, f"/api/jobs/{job}/events", site.founder) as other,
    ):
        assert [stream.next().seq, other.next().seq] == [1, 1]
        with app.app_context():
            agents = db.select(Token.prefix).where(Token.scope == "agent")
            tokens.revoke(db.session.scalars(agents).one())
        assert stream.rest() == []
        assert site.call("GET", f"/api/jobs/{job}/events")[0] == 401
        assert other.comment() == ": still here"  # another's goes on


def test_a_sign_of_life_comes_while_nothing_happens(site, job):
    with site.follow(job) as stream:
        assert stream.next().seq == 1
        with within(15, instead_of=30):  # as promised to readers: one in 15 seconds
            for _ in range(2):
                assert stream.comment() == ": still here"


def test_a_reader_that_went_away_is_forgotten(site, job, at_rest):
    streams = [site.follow(job) for _ in range(20)]
    for stream in streams:
        assert stream.next().seq == 1
    at_rest(20)
    for stream in streams:
        stream.close()
    until(lambda: open_files(site) < 20, "the workers let go of the connections")


def open_files(site) -> int:
    """The desk's ends of connections that still exist, in whatever state but waiting to vanish."""
    port = f":{site.desk.port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return sum(1 for line in lines if line[1].endswith(port) and line[3] in ("01", "08"))


def test_a_reader_over_http_1_0_gets_the_events_unframed(site, job, shop_jobs):
    """nginx speaks HTTP/1.0 to its upstreams unless told otherwise."""
    with socket.create_connection(("127.0.0.1", site.desk.port), timeout=20) as reader:
        lines = [f"GET /api/jobs/{job}/events HTTP/1.0", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in site.agent.items()]
        reader.sendall("\r\n".join([*lines, "", ""]).encode())
        file = reader.makefile("rb")
        head = b"".join(iter(file.readline, b"\r\n"))
        assert b"chunked" not in head
        body = [file.readline() for _ in range(6)]
        assert body[0].startswith(b"retry: ")
        assert body[2] == b"id: 1\n"
        shop_jobs.tell(job, "two")
        assert file.readline() == b"id: 2\n"
        file.close()
