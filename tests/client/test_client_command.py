"""The command `unstuck` as a process, against a real server."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from stage import ROOT, Stage, until_asked
from web_process import until

from webapp.operations import tokens


@pytest.fixture
def project(stage: Stage) -> str:
    return stage.project()


@pytest.fixture
def environ(stage: Stage, project: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "client"),
        "UNSTUCK_URL": stage.url,
        "UNSTUCK_TOKEN": stage.caller(project).token,
        "UNSTUCK_PROJECT": project,
        "UNSTUCK_JOB": "nightly",
        "UNSTUCK_WAIT_SCALE": "0",
    }


def start(environ: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "unstuck", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def run(environ: dict[str, str], *arguments: str, given: str = "") -> tuple[int, str, str]:
    """Exit code, output, errors."""
    process = start(environ, *arguments)
    out, errors = process.communicate(given, timeout=60)
    return process.returncode, out, errors


SCRIPT = "import sys; print('half done'); sys.exit('ModuleNotFoundError: No module named stripe')"


def test_a_failed_command_keeps_its_output_and_exit_code_and_is_reported(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    code, out, errors = run(environ, "run", "--", sys.executable, "-c", SCRIPT)
    assert (code, out) == (1, "half done\n")
    assert "No module named stripe" in errors
    assert "unstuck: retry" in errors
    events = stage.caller(project).get(f"/api/jobs/nightly/events?project_id={project}").body
    assert [event["type"] for event in events] == ["agent.retrying"]


def test_a_command_that_works_reports_nothing(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    assert run(environ, "run", "--", sys.executable, "-c", "print(1)") == (0, "1\n", "")
    assert stage.caller(project).get(f"/api/jobs/nightly?project_id={project}").status == 404


def test_retry_runs_again_after_a_wait_and_heals(
    stage: Stage, project: str, environ: dict[str, str], tmp_path: Path
) -> None:
    mark = tmp_path / "second"
    script = (
        f"import pathlib, sys; mark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n"
        "    mark.touch(); sys.exit('ConnectionRefusedError: [Errno 111] Connection refused')\n"
        "print('there')"
    )
    code, out, errors = run(environ, "run", "--retry", "--", sys.executable, "-c", script)
    assert (code, out) == (0, "there\n")
    assert "unstuck: wait" in errors
    events = stage.caller(project).get(f"/api/jobs/nightly/events?project_id={project}").body
    assert [event["type"] for event in events][-1] == "agent.error_healed"


def test_a_command_that_does_not_exist_ends_as_in_a_shell(environ: dict[str, str]) -> None:
    code, _, errors = run(environ, "run", "--", "no-such-command-here")
    assert code == 127
    assert "No such file" in errors


def test_a_server_that_is_away_does_not_change_the_exit_code(
    environ: dict[str, str],
) -> None:
    environ |= {"UNSTUCK_URL": "http://127.0.0.1:1", "UNSTUCK_PATIENCE_S": "0.1"}
    code, _, errors = run(environ, "run", "--", sys.executable, "-c", "raise SystemExit(3)")
    assert code == 3
    assert "couldn't be reported" in errors


def test_ask_prints_the_choice(stage: Stage, project: str, environ: dict[str, str]) -> None:
    options = ("--option", "basic=9 EUR", "--option", "pro=29 EUR")
    process = start(environ, "ask", "Which plan shall I book?", *options)
    asked = until_asked(stage, project, "Which plan")
    assert [(one["value"], one["description"]) for one in asked["options"]] == [
        ("basic", "9 EUR"),
        ("pro", "29 EUR"),
    ]
    founder = stage.caller(project, "founder")
    founder.post(f"/api/escalations/{asked['id']}/resolve", decision="pro", guidance="Go.")
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "pro\n")
    assert "Go." in errors
    until(
        lambda: founder.get(f"/api/escalations/{asked['id']}").body["picked_up_at"],
        "the receipt is there",
    )


def test_wait_says_pending_by_its_exit_code_and_finds_the_answer_later(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    code, out, errors = run(environ, "ask", "Which plan?", "--timeout", "0.1")
    assert (code, out) == (75, "")
    asked = errors.split()[-1]
    founder = stage.caller(project, "founder")
    founder.post(f"/api/escalations/{asked}/resolve", decision="the small one")
    code, out, _ = run(environ, "wait", asked, "--json")
    assert code == 0
    assert json.loads(out)["decision"] == "the small one"


def test_a_skipped_question_has_an_exit_code_of_its_own(
    stage: Stage, environ: dict[str, str], project: str
) -> None:
    _, _, errors = run(environ, "ask", "Which plan?", "--timeout", "0")
    asked = errors.split()[-1]
    stage.caller(project, "founder").post(f"/api/escalations/{asked}/skip")
    code, out, errors = run(environ, "wait", asked)
    assert (code, out) == (1, "")
    assert "skipped" in errors


def test_doctor_finds_nothing_wrong(environ: dict[str, str], project: str) -> None:
    code, out, _ = run(environ, "doctor")
    assert code == 0, out
    assert out.count("ok  ") == 2
    assert f"may report and ask in {project}" in out
    assert environ["UNSTUCK_TOKEN"] not in out


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"UNSTUCK_URL": "http://127.0.0.1:1"}, "can't be reached"),
        ({"UNSTUCK_TOKEN": "unstuck_wrong"}, "isn't accepted"),
        ({"UNSTUCK_PROJECT": "nobody-s"}, "isn't for nobody-s"),
    ],
)
def test_doctor_names_what_is_wrong(
    environ: dict[str, str], changes: dict[str, str], words: str
) -> None:
    code, out, _ = run(environ | changes, "doctor")
    assert code == 1
    assert words in out


def test_doctor_says_which_project_is_missing(stage: Stage, environ: dict[str, str]) -> None:
    with stage.app.app_context():
        _, secret = tokens.create("agent of two", ["shop-a", "shop-b"])
    del environ["UNSTUCK_PROJECT"]
    code, out, _ = run(environ | {"UNSTUCK_TOKEN": secret}, "doctor")
    assert code == 1
    assert "set UNSTUCK_PROJECT to one (shop-a, shop-b)" in out


def test_doctor_says_that_a_token_may_do_more_than_an_agent(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    environ["UNSTUCK_TOKEN"] = stage.caller(project, "founder").token
    code, out, _ = run(environ, "doctor")
    assert code == 0
    assert "An agent needs one with the scope agent" in out


def test_a_hook_never_stops_the_agent(environ: dict[str, str]) -> None:
    away = environ | {"UNSTUCK_URL": "http://127.0.0.1:1", "UNSTUCK_PATIENCE_S": "0.1"}
    assert run(away, "hook", "claude-code", given="{}")[0] == 0
    assert run(environ, "hook", "claude-code", given="no json")[0] == 0


FAILED = {
    "hook_event_name": "PostToolUseFailure",
    "session_id": "s-1",
    "cwd": "/work/shop",
    "tool_name": "Bash",
    "tool_input": {"command": "make"},
    "tool_use_id": "toolu_1",
    "error": "Exit code 2\nno rule to make target",
}
ASKED = {
    "hook_event_name": "PreToolUse",
    "session_id": "s-1",
    "tool_name": "AskUserQuestion",
    "tool_use_id": "toolu_2",
    "tool_input": {"questions": [{"question": "Which plan?", "options": [{"label": "Basic"}]}]},
}


def test_a_hook_brings_the_verdict_back(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    code, out, _ = run(environ, "hook", "claude-code", given=json.dumps(FAILED))
    assert code == 0
    assert "attempt 1 of 3" in json.loads(out)["hookSpecificOutput"]["additionalContext"]
    assert stage.caller(project).get(f"/api/jobs/nightly?project_id={project}").status == 200


def test_a_hook_that_asks_waits_for_the_answer(
    stage: Stage, project: str, environ: dict[str, str]
) -> None:
    process = start(environ, "hook", "claude-code")
    assert process.stdin is not None
    process.stdin.write(json.dumps(ASKED))
    process.stdin.close()
    process.stdin = None
    asked = until_asked(stage, project, "Which plan")
    founder = stage.caller(project, "founder")
    founder.post(f"/api/escalations/{asked['id']}/resolve", decision="Basic")
    out, _ = process.communicate(timeout=60)
    answers = json.loads(out)["hookSpecificOutput"]["updatedInput"]["answers"]
    assert answers == {"Which plan?": "Basic"}


def test_a_hook_that_asks_can_stop_waiting(environ: dict[str, str]) -> None:
    given = json.dumps(ASKED | {"tool_use_id": "toolu_3"})
    assert run(environ, "hook", "claude-code", "--wait", "0.1", given=given)[:2] == (0, "")


def test_a_missing_token_is_named(environ: dict[str, str]) -> None:
    del environ["UNSTUCK_TOKEN"]
    code, _, errors = run(environ, "wait", "some-id")
    assert code == 64
    assert "UNSTUCK_TOKEN" in errors


def test_the_package_builds_and_needs_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT / "client")], check=True)
    (wheel,) = tmp_path.glob("unstuck-*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = content.namelist()
        (metadata,) = (name for name in names if name.endswith("METADATA"))
        assert b"Requires-Dist" not in content.read(metadata)
    assert {"unstuck/py.typed", "unstuck/cli/run.py"} <= set(names)
