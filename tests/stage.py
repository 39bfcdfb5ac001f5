"""One desk for all tests that need it whole: gunicorn with two workers, served over HTTP.

It is shared because it costs seconds to start. Each test plays in a project of its own, so none
sees another's questions.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from visitor import Visitor
from web_process import DeskProcess, until

from webapp import create_app
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import people, tokens

ROOT = Path(__file__).resolve().parent.parent
AGENT = ROOT / "docs" / "examples" / "demo_agent.py"
PATIENT_GRACE_S = 3.0
"""Long enough for a test to press a button, and short enough to wait for the end of it."""
KEY = "a key for the stage that is long enough, 0123456789"


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Caller:
    """Somebody with a token."""

    port: int
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, /, **body: Any) -> Answer:
        """One call on a connection of its own."""
        return send(self.port, method, path, body or None, self.headers)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, /, **body: Any) -> Answer:
        return self.call("POST", path, **body)


def send(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answer:
    """One request as plain HTTP; a redirect is not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} | (headers or {})
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        content = answer.read()
        is_json = "json" in (answer.headers.get_content_type() or "")
        value = json.loads(content) if content and is_json else content.decode()
        return Answer(answer.status, value, dict(answer.getheaders()))
    finally:
        connection.close()


class Stage:
    """The desk that runs, and its cast."""

    def __init__(self, app: Flask, desk: DeskProcess, database_url: str) -> None:
        self.app, self.desk, self.database_url = app, desk, database_url

    @property
    def port(self) -> int:
        return self.desk.port

    @property
    def url(self) -> str:
        return self.desk.url

    def kill_desk(self) -> None:
        """End all of gunicorn without a warning. Its port stays; `desk.start()` serves it anew."""
        assert self.desk.process is not None
        os.killpg(self.desk.process.pid, signal.SIGKILL)
        self.desk.process.wait()

    def project(self) -> str:
        """A project that nobody else plays in."""
        return f"shop-{uuid.uuid4().hex[:8]}"

    def caller(self, project: str, scope: tokens.Scope = "agent", name: str = "") -> Caller:
        """Somebody with a token of that project."""
        with self.app.app_context():
            _, secret = tokens.create(name or f"{scope} of {project}", [project], scope)
        return Caller(self.port, secret)

    def sign_in_link(self, project: str, name: str = "anna") -> str:
        """The path of a one-time link for a founder of the project."""
        with self.app.app_context():
            secret = people.make_link(f"{name}@{project}.test", role="founder", project_id=project)
        return f"/sign-in/{secret}"

    def visitor(self) -> Visitor:
        """A browser without scripts in which nobody is signed in yet."""
        return Visitor(self.url)

    def join(self, asked: dict[str, Any], job: str = "build-2") -> None:
        """Let another job run into the problem of a reported question and ask the same, so that
        it waits for the same answer."""
        with self.app.app_context():
            worded = db.session.get_one(AgentEscalation, uuid.UUID(asked["id"])).agent_worded
        last = asked["error_signature"].rpartition(":")[2]
        report = {
            "project_id": asked["project_id"],
            "session_id": "session-2",
            "error_type": asked["error_type"],
            "error_message": asked["error_message"],
            "intent": asked["intent"],
            "category": asked["category"],
            "signature": last if last.startswith("own-") else None,
            "recommended": asked["recommended"] if "options" in (worded or ()) else None,
        } | {name: asked[name] for name in worded or ()}
        answer = self.caller(asked["project_id"]).post(f"/api/jobs/{job}/errors", **report)
        assert answer.body["escalation_id"] == asked["id"], answer.body

    def start_agent(
        self, project: str, folder: Path, *arguments: str, job: str = "build-1"
    ) -> subprocess.Popen[str]:
        """The demo agent as a process of its own; its waits are short."""
        environ = os.environ | {
            "UNSTUCK_URL": self.url,
            "UNSTUCK_TOKEN": self.caller(project).token,
            "UNSTUCK_PROJECT": project,
            "UNSTUCK_JOB": job,
            "UNSTUCK_WAIT_SCALE": "0.01",
            "PYTHONPATH": str(ROOT / "client"),
        }
        command = [sys.executable, str(AGENT), "--folder", str(folder), *arguments]
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def question(**changes: Any) -> dict[str, Any]:
    """A question as an agent asks it, with two options."""
    asked = {
        "session_id": "session-1",
        "error_type": "CardRefused",
        "error_signature": f"shop:CardRefused:v1-{uuid.uuid4().hex[:16]}",
        "plain_english_problem": "The payment service refuses our test card.",
        "attempts_summary": ["I tried the card again.", "I tried another card."],
        "recommended_action": "Leave the payments out until the service is back.",
        "options": [
            {"value": "skip_feature", "label": "Leave it out", "description": "No payments yet."},
            {"value": "provide_guidance", "label": "I know how", "description": "Tell me below."},
        ],
    }
    recommended = {} if "options" in changes else {"recommended": "skip_feature"}
    return asked | recommended | changes


def ask(agent: Caller, project: str, job: str = "build-1", **changes: Any) -> dict[str, Any]:
    """Ask a question; returns the stored escalation."""
    body = question(**changes) | {"project_id": project}
    answer = agent.call("POST", f"/api/jobs/{job}/escalations", **body)
    assert answer.status == 201, answer.body
    stored: dict[str, Any] = answer.body
    return stored


def ask_by_report(agent: Caller, project: str, job: str = "build-1") -> dict[str, Any]:
    """Ask the same with a failure that only a person can fix, so that other jobs may join it;
    returns the stored escalation."""
    report = question(project_id=project, error_message="card refused", category="never_retry")
    del report["error_signature"], report["attempts_summary"]
    answer = agent.call("POST", f"/api/jobs/{job}/errors", **report)
    assert answer.body["escalation_id"], answer.body
    stored: dict[str, Any] = agent.get(f"/api/escalations/{answer.body['escalation_id']}").body
    return stored


def until_asked(stage: Stage, project: str, words: str) -> dict[str, Any]:
    """The pending question in which these words stand, once an agent has asked it."""
    onlooker = stage.caller(project)

    def find() -> dict[str, Any] | None:
        pending = onlooker.get(f"/api/escalations?project_id={project}&status=pending").body
        return next((item for item in pending if words in item["plain_english_problem"]), None)

    found: dict[str, Any] = until(find, f"an agent asks about {words!r}", 90)
    return found


@contextmanager
def desk_with_grace(
    server: Server, folder: Path, name: str, grace_s: float, workers: int = 2
) -> Iterator[Stage]:
    """A desk on a database of its own, where an answer on a page can be taken back that long."""
    server.create_database(name, template="template_migrated")
    url = server.url(name)
    variables = {"DATABASE_URL": url, "SECRET_KEY": KEY, "DATA_DIR": str(folder)}
    # Tests hold more streams open in one browser than a person does.
    variables |= {"DECISION_GRACE_S": str(grace_s), "QUOTAS": "off"}
    app = create_app(Config.from_environ(variables))
    desk = DeskProcess(os.environ | variables, workers=workers)
    try:
        desk.start()
        yield Stage(app, desk, url)
    finally:
        desk.stop()
        with app.app_context():
            db.engine.dispose()
        server.drop_database(name)


@pytest.fixture(scope="session")
def stage(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The desk that all of these tests share. An answer is released at once: nobody takes one
    back."""
    with desk_with_grace(server, tmp_path_factory.mktemp("stage"), "stage", 0) as stage:
        yield stage


@pytest.fixture(scope="session")
def patient_stage(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Another one, where an answer can be taken back for a moment."""
    folder = tmp_path_factory.mktemp("patient")
    with desk_with_grace(server, folder, "patient", PATIENT_GRACE_S) as stage:
        yield stage
