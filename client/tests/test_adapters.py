"""Each framework for real, with its own fake model: fail, fail, escalate, answer, success."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import ROOT, Desk, until

AGENTS = Path(__file__).parent / "agents"
NAMES = sorted(path.stem for path in AGENTS.glob("*_agent.py"))
OWN = {"crewai_agent": ROOT / ".venv-crewai" / "bin" / "python"}
"""Frameworks that can't share an environment with the others."""


README = (AGENTS.parents[1] / "README.md").read_text("utf-8")
LINES = re.findall(r"`unstuck\.adapters\.(\w+)`.*\| (\d+) \|$", README, flags=re.M)


def test_the_readme_counts_the_lines_that_connect_each_framework() -> None:
    counted = {name.removesuffix("_agent"): int(lines) for name, lines in LINES}
    assert counted.keys() == {name.removesuffix("_agent") for name in NAMES}
    for name in NAMES:
        code = (AGENTS / f"{name}.py").read_text("utf-8").split('"""')[2].splitlines()
        lines = [line for line in code if re.search(r"unstuck|\bhooks\b", line, re.I)]
        assert len(lines) == counted[name.removesuffix("_agent")], lines
        assert len(lines) <= 10, lines


@contextmanager
def started(desk: Desk, name: str, project: str, token: str) -> Iterator["subprocess.Popen[str]"]:
    """The agent as a process; whatever happens, it ends with the block."""
    environ = os.environ | {
        "UNSTUCK_URL": desk.url,
        "UNSTUCK_TOKEN": token,
        "UNSTUCK_PROJECT": project,
        "UNSTUCK_JOB": "build-1",
        "UNSTUCK_WAIT_SCALE": "0",
        "PYTHONPATH": os.pathsep.join([str(AGENTS), str(AGENTS.parents[1])]),
        "MSWEA_SILENT_STARTUP": "1",
        "OPENAI_API_KEY": "none: the model is a fake",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "OTEL_SDK_DISABLED": "true",
    }
    command = [str(OWN.get(name, sys.executable)), str(AGENTS / f"{name}.py")]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as agent:
        try:
            yield agent
        finally:
            agent.kill()


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_fails_asks_and_finishes_with_the_answer(desk: Desk, name: str) -> None:
    project = f"whole-{name}"
    with started(desk, name, project, desk.token(name, project=project)) as agent:
        desk.answer(desk.until_asked(project), "provide_guidance", "small")
        out, _ = agent.communicate(timeout=150)
    assert agent.returncode == 0
    assert out.splitlines()[-1] == "done"
    (asked,) = desk.questions(project)
    assert asked["picked_up_at"]
    assert asked["outcome"] == "worked"
    assert len(asked["attempts_summary"]) == 4


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_killed_while_it_waits_finds_its_question_again(desk: Desk, name: str) -> None:
    project = f"killed-{name}"
    # A job belongs to the token that opened it, so the agent that comes back has the same one.
    token = desk.token(name, project=project)
    with started(desk, name, project, token) as agent:
        asked = desk.until_asked(project)
        agent.kill()
    with started(desk, name, project, token) as agent:
        desk.answer(asked, "provide_guidance", "small")
        out, _ = agent.communicate(timeout=150)
    assert agent.returncode == 0
    assert out.splitlines()[-1] == "done"
    until(lambda: desk.questions(project)[0]["outcome"] == "worked", "the receipt is there")
    (asked,) = desk.questions(project)
    assert asked["occurrences"] == 1
    assert len(asked["attempts_summary"]) == 4
