"""A key that is handed over: it reaches its agent, and it stands nowhere else.

A whole server is used the way people and agents use it, and then everything it wrote, shows or
keeps is searched for the key.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contents import everything
from flask import Flask
from stage import ROOT, Caller
from visitor import Visitor
from web_process import DeskProcess, until

from tests.conftest import Cast
from webapp.embedded import Server
from webapp.operations import people

NAME = "STRIPE_API_KEY"
KEY = "sk_test_" + "9Qm7Zt4LxW2cVb8NsR6yHd3f"
WRONG = "sk_test_" + "3Wf8Kp1TzG5hJq7MnB4vXc9r"


class Listener:
    """Keeps all that a stream says, until it is told to stop."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._connection.request("GET", path, headers=headers)
        self._socket = self._connection.sock
        self._response = self._connection.getresponse()
        assert self._response.status == 200, path
        self._heard = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            while part := self._response.read1(65536):
                self._heard += part

    def close(self) -> None:
        """Hear no more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._response.close()
        self._connection.close()
        self._socket.close()

    def hears(self, words: str) -> bool:
        return words in self.text

    @property
    def text(self) -> str:
        return self._heard.decode(errors="replace")


@contextmanager
def server_process(environ: dict[str, str], log: Path) -> Iterator[DeskProcess]:
    desk = DeskProcess(environ | {"DECISION_GRACE_S": "0"}, workers=1, log=log)
    desk.start()
    try:
        yield desk
    finally:
        desk.stop()


def cookies(visitor: Visitor) -> str:
    """What the visitor's browser keeps for the server."""
    jar = next(each for each in visitor._opener.handlers if hasattr(each, "cookiejar")).cookiejar
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def test_a_key_stands_nowhere_but_with_its_agent(
    app: Flask, cast: Cast, environ: dict[str, str], sql, server: Server, tmp_path: Path
) -> None:
    with app.app_context():
        link = people.make_link("olivia@example.com", role="owner", project_id="*")
    token = cast.token("shop")["Authorization"].removeprefix("Bearer ")
    log = tmp_path / "server.log"
    with server_process(environ, log) as desk:
        agent, olivia = Caller(desk.port, token), Visitor(desk.url)
        assert olivia.sign_in(f"/sign-in/{link}")
        failure = {"error_type": "KeyError", "error_message": f"KeyError: '{NAME}'"}
        report = failure | {"project_id": "shop", "session_id": "s"}
        asked = agent.post("/api/jobs/build-1/errors", **report).body["escalation_id"]
        path, jar = f"/escalations/{asked}", {"Cookie": cookies(olivia)}
        streams = [
            Listener(desk.port, f"/live/question?key={asked}", jar),
            Listener(desk.port, "/live/pages?of=inbox&of=jobs", jar),
            Listener(
                desk.port,
                "/api/jobs/build-1/events",
                {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"},
            ),
        ]
        seen = [hand_over(olivia, path, WRONG), hand_over(olivia, path, KEY, "provide_credentials")]
        decision = agent.get(f"/api/escalations/{asked}/decision?wait=5")
        ref = decision.body["answers"][NAME]["ref"]
        # It reaches its agent, and waits in the database, sealed.
        assert agent.post(f"/api/secrets/{ref}/take", job_id="build-1").body["value"] == KEY
        until(lambda: streams[0].hears("took it"), "the page's stream tells it", 90)
        until(lambda: streams[2].hears("secret_taken"), "the job's stream tells it", 90)
        seen += [decision.body, *told(agent, olivia, path, ref)]
        seen += by_command(desk.url, token, olivia)
        seen += by_tools(agent, olivia)
        seen += [stream.text for stream in streams]
        for stream in streams:
            stream.close()
        places = readable_of_processes(desk)
        stored = everything(sql)
        assert agent.post(f"/api/secrets/{ref}/ack").status == 204
        seen += [everything(sql), *told(agent, olivia, path, ref)]
    for secret in (KEY, WRONG):
        for where in (*map(str, seen), *places, stored, log.read_text(errors="replace")):
            assert secret not in where
            assert secret.encode().hex() not in where
    assert found_in_files(server, KEY, WRONG) == []


def by_command(url: str, token: str, browser: Visitor) -> list[str]:
    """Let the client's command line ask for the key and use it; returns all that it prints."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "client")}
    environ |= {"UNSTUCK_URL": url, "UNSTUCK_TOKEN": token, "UNSTUCK_JOB": "by-command"}
    printed = []

    def run(*arguments: str) -> int:
        command = [sys.executable, "-m", "unstuck", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90)
        printed.append(done.stdout + done.stderr)
        return done.returncode

    question = ["ask", "Which key shall I use?", "--option", "here", "--secret", NAME]
    assert run(*question, "--timeout", "0") == 75
    asked = printed[-1].split("unstuck wait ")[1].strip()
    hand_over(browser, f"/escalations/{asked}", KEY, "here")
    assert run("wait", asked, "--json", "--timeout", "60") == 0
    check = f"import os, sys; sys.exit(len(os.environ['{NAME}']) != {len(KEY)})"
    assert run("secret", asked, NAME, "--", sys.executable, "-c", check) == 0
    return printed


def by_tools(agent: Caller, browser: Visitor) -> list[str]:
    """Let a language model ask for the key with the tools of MCP; returns all that it reads."""
    wanted = [{"name": NAME, "description": "In the dashboard."}]
    question = {"job_id": "by-tools", "question": "Which key shall I use?", "secrets": wanted}
    asked = tool(agent, "ask_founder", **question, wait_s=0)["escalation_id"]
    hand_over(browser, f"/escalations/{asked}", KEY, "provide_credentials")
    told = [tool(agent, "wait_for_decision", escalation_id=asked, wait_s=50)]
    assert told[0]["secrets"] == [NAME]
    failure = {"job_id": "by-report", "what_failed": "KeyError", "error": f"KeyError: '{NAME}'"}
    told.append(tool(agent, "report_failure", **failure))
    outcome = {"escalation_id": asked, "worked": True}
    return [*map(str, told), str(tool(agent, "report_outcome", **outcome))]


def tool(agent: Caller, name: str, **arguments: Any) -> dict[str, Any]:
    """The content that the model reads: both forms of it say the same."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    answer = agent.post("/api/mcp", **message, params={"name": name, "arguments": arguments})
    result = answer.body["result"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"], result
    return dict(result["structuredContent"])


def test_a_key_outlives_a_server_that_is_killed(
    app: Flask, cast: Cast, environ: dict[str, str], tmp_path: Path
) -> None:
    with app.app_context():
        link = people.make_link("olivia@example.com", role="owner", project_id="*")
    token = cast.token("shop")["Authorization"].removeprefix("Bearer ")
    with server_process(environ, tmp_path / "server.log") as desk:
        agent, olivia = Caller(desk.port, token), Visitor(desk.url)
        assert olivia.sign_in(f"/sign-in/{link}")
        report = {"error_type": "KeyError", "error_message": f"KeyError: '{NAME}'"}
        told = agent.post("/api/jobs/build-1/errors", project_id="shop", session_id="s", **report)
        path = f"/escalations/{told.body['escalation_id']}"
        hand_over(olivia, path, KEY)
        kill(desk)
        page = olivia.get(path)
        assert "It goes to the agent with your answer." in page.text
        olivia.submit(page, decision="provide_credentials")
        kill(desk)
        ref = agent.get(f"/api{path}/decision?wait=30").body["answers"][NAME]["ref"]
        take = f"/api/secrets/{ref}/take"
        assert agent.post(take, job_id="build-1").body["value"] == KEY
        kill(desk)
        assert agent.post(take, job_id="build-1").body["value"] == KEY  # not acknowledged yet
        assert agent.post(f"/api/secrets/{ref}/ack").status == 204
        kill(desk)
        assert agent.post(take, job_id="build-1").status == 410


def kill(desk: DeskProcess) -> None:
    """End the server without a warning, and start it again."""
    assert desk.process is not None
    os.killpg(desk.process.pid, signal.SIGKILL)
    desk.process.wait()
    desk.start()


def hand_over(browser: Visitor, path: str, key: str, decision: str | None = None) -> str:
    """Enter the key on the question's page; returns the page that follows."""
    page = browser.get(path)
    sent = browser.submit(page, f"{path}/secrets", **{f"secret.{NAME}": key, "decision": decision})
    assert sent.status == 200, sent.text
    return page.text + sent.text


def told(agent: Caller, browser: Visitor, path: str, ref: str) -> list[Any]:
    """All that the API and the pages tell of it."""
    read = [
        agent.get(f"/api{path}"),
        agent.get("/api/escalations"),
        agent.get("/api/jobs/build-1/events"),
        agent.get("/api/jobs/build-1"),
        agent.get(f"/api/secrets/{ref}/take"),
        agent.post(
            "/api/jobs/build-1/errors",
            project_id="shop",
            session_id="s",
            error_type="KeyError",
            error_message=f"KeyError: '{NAME}'",
        ),
    ]
    pages = ["/", "/jobs", "/jobs/build-1", "/problems", "/history", "/history.csv", "/numbers"]
    pages += [path, "/settings/audit", "/settings/audit.csv", f"/history?q={NAME}", "/metrics"]
    shown = [browser.get(each) for each in pages]
    assert any("handed over a key" in page.text for page in shown)
    return [each.body for each in read] + [page.text for page in shown]


def readable_of_processes(desk: DeskProcess) -> list[str]:
    """What everybody on the machine may read of the server's processes."""
    assert desk.process is not None
    files = [
        f"/proc/{pid}/{name}"
        for pid in (desk.process.pid, *desk.workers())
        for name in ("environ", "cmdline")
    ]
    return [Path(each).read_bytes().decode(errors="replace") for each in files]


def found_in_files(server: Server, *secrets: str) -> list[str]:
    """The files of the database, its log and its journal among them, that hold one of these."""
    folder = server._cluster.data_dir
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place) / name
            try:
                content = file.read_bytes()
            except OSError:  # a file that the database removed meanwhile, or a socket
                continue
            if any(secret.encode() in content for secret in secrets):
                found.append(str(file))
    return found
