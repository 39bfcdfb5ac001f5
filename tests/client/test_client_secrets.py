"""Secrets that a founder hands over reach the program, and nobody sees them, against a real
server."""

import json
import logging
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from stage import ROOT, Stage, until_asked
from unstuck import Refused, Secret, Unstuck
from unstuck.adapters.tools import ToolWatch
from unstuck.questions import Answer
from unstuck.testing import FakeServer

NAME = "STRIPE_API_KEY"
VALUE = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
WHERE = {NAME: "In the Stripe dashboard, under API keys."}
UNLIKE_A_KEY = "correct horse battery"
"""A value that no pattern knows as a key."""
OPTIONS = {"here": "Here is the key", "without": "Go on without payments"}


@pytest.fixture
def project(stage: Stage) -> str:
    return stage.project()


@pytest.fixture
def token(stage: Stage, project: str) -> str:
    return stage.caller(project).token


@pytest.fixture
def client(stage: Stage, project: str, token: str) -> Unstuck:
    return Unstuck(stage.url, token, project=project, job="build-1")


def hand_over(
    stage: Stage, project: str, escalation_id: str, decision: str = "here", value: str = VALUE
) -> None:
    """What the founder does on the question's page."""
    founder = stage.visitor()
    assert founder.sign_in(stage.sign_in_link(project))
    page = founder.get(f"/escalations/{escalation_id}")
    fields = {f"secret.{NAME}": value, "decision": decision}
    assert founder.submit(page, f'/escalations/{escalation_id}/secrets"', **fields).status == 200


def secret_of(stage: Stage, project: str, client: Unstuck) -> Secret:
    handle = client.ask("Which key shall I use?", OPTIONS, wait=False, secrets=WHERE)
    if not handle.done:
        hand_over(stage, project, handle.id)
    return handle.result(60).secrets[NAME]


def test_a_secret_is_in_the_environment_until_it_worked_and_then_gone_at_the_server(
    stage: Stage, project: str, token: str, client: Unstuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    handle = client.ask("Which key shall I use?", OPTIONS, wait=False, secrets=WHERE)
    hand_over(stage, project, handle.id)
    with handle.result(60) as answer:
        secret = answer.secrets[NAME]
        secret.to_env()
        assert os.environ[NAME] == VALUE
        # A program that was restarted meanwhile takes it again.
        again = Unstuck(
            client.transport.url, client.transport._token, project=project, job="build-1"
        )
        assert secret_of(stage, project, again).reveal() == VALUE
    with pytest.raises(Refused) as refused:
        secret_of(stage, project, client)._send("take")
    assert refused.value.status == 410
    assert VALUE not in f"{answer!r} {answer.secrets!r} {secret} {secret!r} {answer.answers}"


def test_a_secret_in_a_file_is_for_its_owner_only_and_survives_a_restart(
    stage: Stage, project: str, token: str, client: Unstuck, tmp_path: Path
) -> None:
    path = secret_of(stage, project, client).to_file(tmp_path / "stripe.key")
    assert path.read_text("utf-8") == VALUE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Unstuck(stage.url, token, project=project, job="build-1")
    assert secret_of(stage, project, again).to_file(path).read_text("utf-8") == VALUE
    with pytest.raises(Refused):
        secret_of(stage, project, again).to_file(tmp_path / "another.key")
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_founder_may_choose_without_handing_it_over(
    stage: Stage, project: str, client: Unstuck
) -> None:
    handle = client.ask("Which key shall I use?", OPTIONS, wait=False, secrets=WHERE)
    path = f"/api/escalations/{handle.id}/resolve"
    assert stage.caller(project, "founder").post(path, decision="without").status == 200
    answer = handle.result(60)
    assert (answer.decision, answer.secrets) == ("without", {})


def test_a_tool_of_a_framework_finds_it_in_the_environment_and_the_model_never_sees_it(
    stage: Stage, project: str, client: Unstuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    answer = client.ask("Which key shall I use?", OPTIONS, wait=False, secrets=WHERE)
    hand_over(stage, project, answer.id)
    watch = ToolWatch(client)
    attempts = watch._attempts("deploy")
    attempts.fail = lambda *_: True
    attempts.answer = answer.result(60)
    said = watch.failed("deploy", LookupError("no key")) or ""
    assert f"as ${NAME}." in said
    assert VALUE not in said
    assert os.environ[NAME] == VALUE


def test_a_loop_gets_its_secrets_and_what_it_reports_after_that_does_not_quote_them(
    stage: Stage, project: str, token: str, client: Unstuck, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "unstuck")
    seen: list[str] = []
    for attempt in client.attempts("connect to the mail server"):
        with attempt:
            if NAME not in attempt.secrets:
                threading.Thread(target=hand_over_when_asked, args=(stage, project)).start()
                raise KeyError(NAME)
            value = attempt.secrets[NAME].reveal()
            assert value == UNLIKE_A_KEY
            seen.append(f"{attempt.instruction} {attempt.secrets} {attempt.answer!r}")
            if len(seen) == 1:
                raise RuntimeError(f"the mail server hung up on {value!r}")
    assert "hung up on '***'" in seen[1]
    reader = stage.caller(project)
    read = [reader.get("/api/escalations").body, reader.get("/api/jobs/build-1/events").body]
    for text in (*seen, *map(str, read), caplog.text):
        assert UNLIKE_A_KEY not in text


def hand_over_when_asked(stage: Stage, project: str) -> None:
    asked = until_asked(stage, project, "")
    hand_over(stage, project, asked["id"], "provide_credentials", UNLIKE_A_KEY)


def test_a_fake_server_hands_secrets_over_in_the_tests_of_an_agent(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.verdicts("escalate")
        server.answers("here", secrets={NAME: VALUE})
        for attempt in server.client().attempts("deploy"):
            with attempt:
                if NAME not in attempt.secrets:
                    raise KeyError(NAME)
                path = attempt.secrets[NAME].to_file(tmp_path / "key")
        assert path.read_text("utf-8") == VALUE
        with pytest.raises(Refused) as refused:
            Secret(server.client(), NAME, f"sec_{NAME}").reveal()
    assert refused.value.status == 410


def test_a_question_for_a_key_needs_no_options(stage: Stage, project: str, client: Unstuck) -> None:
    handle = client.ask("Which key shall I use?", wait=False, secrets=WHERE)
    hand_over(stage, project, handle.id, "provide_credentials")
    assert handle.result(60).secrets[NAME].reveal() == VALUE


def run(environ: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "unstuck", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90)
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_asks_for_a_secret_and_puts_it_in_place_unseen(
    stage: Stage, project: str, token: str, tmp_path: Path
) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "client"),
        "UNSTUCK_URL": stage.url,
        "UNSTUCK_TOKEN": token,
        "UNSTUCK_JOB": "nightly",
    }
    options = ["--option", "here", "--option", "without", "--secret", f"{NAME}=In the dashboard."]
    question = ["ask", "Which key shall I use?", *options]
    code, _, errors = run(environ, *question, "--timeout", "0")
    assert code == 75, errors
    key = errors.split("unstuck wait ")[1].strip()
    assert run(environ, "secret", key, NAME, "--file", "x")[0] == 75
    hand_over(stage, project, key)

    code, out, errors = run(environ, "wait", key, "--json")
    assert code == 0, errors
    assert json.loads(out)["answers"][NAME]["secret"] == "stored"
    said = [out, errors]
    code, out, errors = run(environ, *question)
    assert (code, out) == (0, "here\n")
    assert f"unstuck secret {key} {NAME}" in errors
    said += [out, errors]

    check = f"import os, sys; sys.exit(os.environ['{NAME}'] != '{VALUE}' and 3)"
    failing = "import sys; sys.exit(4)"
    assert run(environ, "secret", key, NAME, "--", sys.executable, "-c", failing)[0] == 4
    target = tmp_path / "stripe.key"
    code, out, errors = run(environ, "secret", key, NAME, "--file", str(target))
    assert (code, out, target.read_text("utf-8")) == (0, "", VALUE)
    said += [out, errors]
    nameless = {name: value for name, value in environ.items() if name != "UNSTUCK_JOB"}
    for variables, more in ((nameless, []), (nameless, ["--job", "nightly"])):
        code, _, errors = run(variables, "secret", key, NAME, *more, "--file", str(target))
        assert (code, target.read_text("utf-8")) == (0, VALUE), errors
    code, _, errors = run(environ, "secret", key, NAME, "--", sys.executable, "-c", check)
    assert (code, "confirmed" in errors) == (1, True)
    code, _, errors = run(environ, "secret", key, "OTHER", "--file", str(target))
    assert (code, NAME in errors) == (1, True)
    assert run(environ, "secret", key, NAME)[0] == 64
    assert VALUE not in "".join(said)


def test_what_comes_as_an_answer_and_is_no_secret_stays_what_it_is() -> None:
    body: dict[str, Any] = {"status": "resolved", "answers": {"PLAN": "small", "N": {"ref": 1}}}
    client = Unstuck("http://127.0.0.1:9", "t", job="build-1")
    assert Answer.read("q1", body, client).secrets == {}
