"""What the tests of the live part share: jobs whose logs grow, and calls over real connections."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sse import EventStream
from web_process import DeskProcess, until

from webapp.actors import DESK
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.operations import answers, escalations, jobs
from webapp.operations.escalations import Question
from webapp.operations.transaction import transaction
from webapp.queries import jobs as job_queries

OPTIONS = [
    {"value": "use_a", "label": "Use A", "description": ""},
    {"value": "use_b", "label": "Use B", "description": ""},
]


@pytest.fixture
def environ(environ: dict[str, str], app: Flask) -> dict[str, str]:
    """A desk that accepts the cookies of this test's browsers."""
    return environ | {"SECRET_KEY": app.config["SECRET_KEY"], "QUOTAS": "off"}


class Site:
    """Calls to the desk's processes."""

    def __init__(self, desk: DeskProcess, agent: dict[str, str], founder: dict[str, str]) -> None:
        self.desk, self.agent, self.founder = desk, agent, founder

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status and the decoded JSON, or None where there was no body."""
        request = urllib.request.Request(
            self.desk.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=(self.agent if headers is None else headers)
            | {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                status, text = refusal.code, refusal.read()
        return status, json.loads(text) if text else None

    def follow(self, job_id: str, after: int | None = None) -> EventStream:
        """A reader of a job's stream; `after` is sent as a reader does that comes back."""
        last = {} if after is None else {"Last-Event-ID": str(after)}
        path = f"/api/jobs/{job_id}/events?project_id=shop"
        return EventStream(self.desk.port, path, self.agent | last)

    def resolve(self, escalation_id: uuid.UUID, decision: str = "use_a") -> tuple[int, Any]:
        """The founder's answer."""
        path = f"/api/escalations/{escalation_id}/resolve"
        return self.call("POST", path, {"decision": decision}, self.founder)


@pytest.fixture
def site(desk: DeskProcess, agent: dict[str, str], founder: dict[str, str]) -> Site:
    return Site(desk, agent, founder)


class Jobs:
    """Jobs of `shop` and what happens to them, done by operations in this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def tell(self, job_id: str, title: str, project_id: str = "shop") -> None:
        """One more event in the job's log, which is made if it is new."""
        with self.app.app_context():
            jobs.tell(job_id, project_id, by=DESK, title=title)

    def write_unheard(self, job_id: str, **payload: Any) -> None:
        """One more event that nobody notifies of."""
        with self.app.app_context():
            session = db.session()
            job = job_queries.find(session, job_id, "shop", by=DESK)
            log.record(session, job.id, Kind.JOB_CHANGED, **payload)
            log.write(session)
            session.commit()

    def write(self, job_id: str, **payload: Any) -> None:
        """One more event with this payload."""
        with self.app.app_context(), transaction() as session:
            job = job_queries.find(session, job_id, "shop", by=DESK)
            log.record(session, job.id, Kind.JOB_CHANGED, **payload)

    def ask(
        self, job_id: str = "build-1", project_id: str = "shop", state: dict[str, Any] | None = None
    ) -> uuid.UUID:
        """A pending question; returns its id."""
        question = Question(
            session_id="s-1",
            error_type="ToolError",
            error_signature=f"signature {uuid.uuid4()}",
            plain_english_problem="A key is missing.",
            options=OPTIONS,
            agent_state=state,
        )
        with self.app.app_context():
            return escalations.open_question(job_id, project_id, question, by=DESK)[0].id

    def resolve(self, escalation_id: uuid.UUID, decision: str = "use_a") -> None:
        """The answer, given in this process."""
        with self.app.app_context():
            answers.resolve(escalation_id, decision, by=DESK)

    def last_seq(self, job_id: str) -> int:
        with self.app.app_context():
            return job_queries.find(db.session(), job_id, "shop", by=DESK).last_seq


@pytest.fixture
def shop_jobs(app: Flask) -> Jobs:
    return Jobs(app)


class AtRest:
    """Tells when so many calls are open at the desk and none of them needs the database."""

    def __init__(self, site: Site, sql: Callable[..., list[Any]]) -> None:
        self.site, self.sql = site, sql

    def __call__(self, calls: int) -> None:
        """Wait for it."""
        until(lambda: self.open_calls() >= calls, f"{calls} calls are open")
        # One look could fall between two statements of a call; ten in a row do not.
        until(lambda: all(self.busy() == 0 for _ in range(10)), "no call needs the database")

    def open_calls(self) -> int:
        """The connections that the desk's workers have accepted or are about to."""
        port, lines = f":{self.site.desk.port:04X}", Path("/proc/net/tcp").read_text().splitlines()
        fields = [line.split() for line in lines]
        return sum(1 for line in fields if line[1].endswith(port) and line[3] == "01")

    def busy(self) -> int:
        """Database connections in the middle of something, also of a transaction that waits."""
        return len(
            self.sql(
                "select 1 from pg_stat_activity where datname = current_database() "
                "and state <> 'idle' and pid <> pg_backend_pid()"
            )
        )


@pytest.fixture
def at_rest(site: Site, sql: Callable[..., list[Any]]) -> AtRest:
    return AtRest(site, sql)
