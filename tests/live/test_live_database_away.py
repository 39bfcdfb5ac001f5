"""The database stands still, dies, vanishes or has no connection left: requests end in time with
503 and Retry-After, never with 500, and everything goes on when it is back."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from database_faults import Wire, stopped
from sse import EventStream
from stage import Answer, Caller, question, send
from web_process import START_PATIENCE_S, DeskProcess, until

from tests.conftest import migrated_server
from webapp import create_app
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.operations import people, tokens

IN_TIME_S = 5.0
UNHINDERED_S = 10.0  # before, they waited 30 seconds for a connection
KEY = "a key for the stage that is long enough, 0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL of this file's own, to break."""
    with migrated_server(tmp_path_factory.mktemp("broken")) as server:
        yield server


class Site:
    """A desk behind a wire to its database, what it logs, and somebody of each kind."""

    def __init__(self, server: Server, wire: Wire, folder: Path) -> None:
        self.server, self.wire, self.log = server, wire, folder / "log"
        variables = {"DATABASE_URL": wire.url, "SECRET_KEY": KEY, "DATA_DIR": str(folder)}
        app = create_app(Config.from_environ(variables))
        with app.app_context():
            self.cookie = people.make_link("anna@shop.test", role="founder", project_id="shop")
            _, self.token = tokens.create("agent", ["shop"], "agent")
            db.engine.dispose()
        self.desk = DeskProcess(os.environ | variables, workers=1, log=self.log)
        self.desk.start()
        self.agent = Caller(self.desk.port, self.token)
        signed_in = send(self.desk.port, "POST", f"/sign-in/{self.cookie}")
        assert signed_in.status == 303
        self.cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
        self.asked = self.ask().body["id"]

    @property
    def plain_url(self) -> str:
        """The database's address for psycopg."""
        return self.wire.url.replace("+psycopg", "")

    def ask(self, job: str = "build-1") -> Answer:
        """A question of an agent."""
        return self.agent.post(f"/api/jobs/{job}/escalations", **question(), project_id="shop")

    def page(self, path: str = "/") -> Answer:
        return send(self.desk.port, "GET", path, headers={"Cookie": self.cookie})

    def requests(self) -> list[Any]:
        """One of each kind: reads and writes of agents, a page, a wait."""
        return [
            lambda: self.agent.get("/api/escalations?project_id=shop"),
            lambda: self.agent.get(f"/api/escalations/{self.asked}"),
            self.ask,
            self.page,
            lambda: self.agent.get(f"/api/escalations/{self.asked}/decision?wait=1"),
            lambda: self.agent.get("/readyz"),
        ]

    def until_served(self) -> None:
        until(lambda: self.ask().status == 201, "the desk serves", START_PATIENCE_S)


@pytest.fixture(scope="module")
def site(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = server.create_database("behind_a_wire", template="template_migrated")
    wire = Wire(url)
    site = Site(server, wire, tmp_path_factory.mktemp("desk"))
    try:
        yield site
    finally:
        site.desk.stop()
        wire.close()


@contextmanager
def standing_still(site: Site) -> Iterator[None]:
    with stopped(site.server._process.pid):
        yield


@contextmanager
def vanished(site: Site) -> Iterator[None]:
    site.wire.swallowing.set()
    try:
        yield
    finally:
        site.wire.swallowing.clear()


@contextmanager
def killed(site: Site) -> Iterator[None]:
    os.kill(site.server._process.pid, signal.SIGKILL)
    site.server._process.wait()
    try:
        yield
    finally:
        site.server.restart()


FAULTS = {"stopped": standing_still, "vanished": vanished, "killed": killed}


def timed(request: Any) -> tuple[Answer, float]:
    began = time.monotonic()
    answer = request()
    return answer, time.monotonic() - began


@pytest.mark.parametrize("fault", FAULTS)
def test_while_the_database_is_away_every_request_gets_503_in_time(site: Site, fault: str) -> None:
    site.until_served()
    before = site.log.stat().st_size
    with ThreadPoolExecutor(60) as crowd:  # what a crowd takes on this machine, now
        usual = max(took for _, took in crowd.map(timed, [*site.requests()[:4]] * 15))
    with FAULTS[fault](site), ThreadPoolExecutor(60) as crowd:
        began = time.monotonic()
        told = []
        for _ in range(2):  # the second round meets what the first one found out
            round_ = list(crowd.map(timed, site.requests() * 10))
            assert max(took for _, took in round_) < IN_TIME_S + usual
            told += [answer for answer, _ in round_]
        away_s = time.monotonic() - began
    assert {answer.status for answer in told} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in told)
    pages = [answer for answer in told if "<html" in str(answer.body)]
    assert pages
    assert all("Try again in a few seconds" in answer.body for answer in pages)
    site.until_served()
    assert site.agent.get(f"/api/escalations/{site.asked}").status == 200
    said = site.log.read_bytes()[before:].decode()
    assert "Traceback" not in said
    assert "[SQL" not in said
    lines = [line for line in said.splitlines() if ": 503 on " in line]
    assert 0 < len(lines) <= 8 * (away_s + 2), "one line a second for each cause"


def test_streams_say_that_they_are_stale_and_when_they_no_longer_are(site: Site) -> None:
    site.until_served()
    page = EventStream(site.desk.port, "/live/pages?of=inbox", {"Cookie": site.cookie})
    agent = EventStream(
        site.desk.port, "/api/jobs/build-1/events?project_id=shop", site.agent.headers
    )
    with page.opened(), agent.opened():
        for stream in (page, agent):  # each has read what was there
            assert stream.comment() == ": still here"
        with standing_still(site):
            for stream in (page, agent):
                until(lambda stream=stream: stream.comment().startswith(": stale"), "it is stale")
        for stream in (page, agent):
            until(lambda stream=stream: stream.comment() == ": still here", "it is live again")
        site.until_served()
        site.ask("told")
        until(lambda: "inbox-list" in page.next().event, "what happened since is told")


def test_a_row_that_is_held_holds_up_neither_other_jobs_nor_reads(site: Site) -> None:
    site.until_served()
    assert site.ask("held").status == 201
    with ExitStack() as held:
        session, onlooker = (
            held.enter_context(psycopg.connect(site.plain_url, autocommit=onlooks))
            for onlooks in (False, True)
        )
        session.execute("select 1 from jobs where job_id = 'held' for update")
        crowd = held.enter_context(ThreadPoolExecutor(60))
        waiting = [crowd.submit(timed, lambda: site.ask("held")) for _ in range(30)]
        held_at = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        until(lambda: onlooker.execute(held_at).fetchone()[0] >= 5, "requests wait for the row")
        for _ in range(5):
            answer, took = timed(lambda: site.agent.get(f"/api/escalations/{site.asked}"))
            assert answer.status == 200, site.log.read_text()[-2_000:]
            assert took < UNHINDERED_S
        until(lambda: site.ask("another").status == 201, "another job is served", START_PATIENCE_S)
        answers = [each.result()[0] for each in waiting]
        session.rollback()
    assert {answer.status for answer in answers} == {503}
    site.until_served()


def test_a_transaction_that_was_left_open_is_ended(site: Site) -> None:
    """As by a worker that was stopped in the middle of it."""
    site.until_served()
    with psycopg.connect(site.plain_url, autocommit=True) as session:
        limits = session.execute(
            "select distinct setting from pg_settings where name = 'statement_timeout'"
        ).fetchone()
        assert limits == ("0",)  # the limits are the desk's own, and not of the server
    app = create_app(Config.from_environ({"DATABASE_URL": site.wire.url, "SECRET_KEY": KEY}))
    with app.app_context():
        found = dict(
            db.session.execute(
                db.text("select name, setting::int from pg_settings where name like '%timeout'")
            ).all()
        )
        db.session.remove()
        db.engine.dispose()
    assert 0 < found["lock_timeout"] < found["statement_timeout"] <= 30_000
    assert 0 < found["idle_in_transaction_session_timeout"] <= 30_000


def test_at_the_connection_limit_requests_wait_for_a_connection(site: Site) -> None:
    site.until_served()
    role = site.wire.url.partition("://")[2].partition(":")[0]
    with ExitStack() as crowded:
        session = crowded.enter_context(psycopg.connect(site.plain_url, autocommit=True))
        crowd = crowded.enter_context(ThreadPoolExecutor(30))
        used = "select count(*) from pg_stat_activity where usename = current_user"
        superuser = crowded.enter_context(site.server._databases._superuser())
        superuser.execute(f"alter role {role} connection limit 5")
        try:
            site.desk.kill_worker()  # the next one has no connections yet
            answers = list(crowd.map(timed, [site.ask] * 30))
            assert session.execute(used).fetchone()[0] <= 5
        finally:
            superuser.execute(f"alter role {role} connection limit -1")
    assert {answer.status for answer, _ in answers} == {201}


def test_the_client_goes_on_when_the_database_is_back(site: Site) -> None:
    from unstuck import Unstuck

    site.until_served()
    unstuck = Unstuck(site.desk.url, site.token, project="shop", job="patient")
    done = threading.Event()

    def report() -> None:
        unstuck.report("KeyError: STRIPE_API_KEY", error_type="KeyError")
        done.set()

    with killed(site):
        thread = threading.Thread(target=report)
        thread.start()
        until(lambda: re.search("503 on POST", site.log.read_text()), "it was refused once")
        assert not done.is_set()
    thread.join(30)
    assert done.is_set()
