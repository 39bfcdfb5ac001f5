"""The lines that the page "Connect an agent" gives, run as they are with the real frameworks and
the package that pip installs from the server."""

import html
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from desk import ROOT, Desk

AGENTS = Path(__file__).parent / "agents"
HOOKS = ROOT / "tests" / "api" / "hooks"


class Lines:
    """What the page shows after one press."""

    def __init__(self, desk: Desk, kind: str) -> None:
        self._desk, self.project = desk, f"connect-{kind}"
        form = desk.browser.get("/settings/connect")
        chosen = {"kind": kind, "project": self.project, "scope": "agent", "how": "here"}
        page = desk.browser.submit(form, 'class="connect"', **chosen)
        assert page.status == 200
        steps = re.findall(r'<pre class="command"[^>]*>(.*?)</pre>', page.text, re.S)
        self.steps = [html.unescape(step) for step in steps]
        self._later = re.search(r'href="(/settings/connect/tokens/\d+)"', page.text)[1]

    @property
    def is_green(self) -> bool:
        """Whether the light is on."""
        return 'class="light on"' in self._desk.browser.get(self._later).text

    @property
    def asked(self) -> dict[str, Any]:
        (question,) = self._desk.questions(self.project)
        return question


def installed(lines: Lines, folder: Path) -> dict[str, str]:
    """Follow the steps before the last: install the package, set the environment, check it."""
    install, environment, check, *_ = lines.steps
    where = ["--target", str(folder), "--no-index", "--disable-pip-version-check"]
    pip, *words = shlex.split(install)
    subprocess.run([sys.executable, "-m", pip, *words, *where], check=True)
    exports = dict(line.removeprefix("export ").split("=", 1) for line in environment.splitlines())
    environ = os.environ | exports | {"PYTHONPATH": os.pathsep.join([str(folder), str(AGENTS)])}
    environ |= {"UNSTUCK_WAIT_SCALE": "0", "OPENAI_API_KEY": "none: the model is a fake"}
    _, verb = shlex.split(check)
    done = subprocess.run(
        [sys.executable, "-m", "unstuck", verb], env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return environ


def model_of(name: str, until: str) -> str:
    """The fake model of the framework, as the agents here have it."""
    return (AGENTS / f"{name}_agent.py").read_text("utf-8").partition(until)[0]


FRAMEWORKS = {
    "langgraph": (
        model_of("langchain", "agent = create_agent(")
        + "model, tools = Model(messages=replies()), [deploy]\n",
        'said = {"messages": [("user", "Deploy the shop.")]}\n'
        'print(agent.invoke(said)["messages"][-1].content)\n',
    ),
    "openai-agents": (
        model_of("openai_agents", "agent = Agent("),
        'print(Runner.run_sync(agent, "Deploy the shop.", hooks=hooks).final_output)\n',
    ),
    "pydantic-ai": (
        model_of("pydantic_ai", "agent = Agent(")
        + "model, tools = FunctionModel(model), [deploy]\n",
        'print(agent.run_sync("Deploy the shop.").output)\n',
    ),
}


def completed(kind: str, code: str) -> str:
    """The lines with what they leave to the reader: the model, the tools and the first words."""
    before, after = FRAMEWORKS[kind]
    if kind == "openai-agents":
        code = code.replace(
            "def deploy(plan: str) -> str:\n    ...",
            "def deploy(plan: str):\n    return work(plan)",
        )
        code = code.replace("tools=[deploy])\n", "tools=[deploy], model=model)\n")
        code = code.replace('\nRunner.run_sync(agent, "Deploy the shop.", hooks=hooks)', "")
        before += "work = deploy\n"
        assert "work(plan)" in code
        assert "model=model" in code
    return f"{before}\n{code}\n{after}"


@pytest.mark.parametrize("kind", FRAMEWORKS)
def test_the_lines_connect_a_framework(desk: Desk, tmp_path: Path, kind: str) -> None:
    lines = Lines(desk, kind)
    assert not lines.is_green
    environ = installed(lines, tmp_path)
    assert lines.is_green
    code = completed(kind, lines.steps[-1])
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as agent:
        try:
            desk.answer(desk.until_asked(lines.project), "provide_guidance", "small")
            out, _ = agent.communicate(timeout=150)
        finally:
            agent.kill()
    assert (agent.returncode, out.splitlines()[-1]) == (0, "done")
    assert lines.asked["outcome"] == "worked"


def test_the_lines_connect_a_script(desk: Desk, tmp_path: Path) -> None:
    lines = Lines(desk, "python")
    environ = installed(lines, tmp_path)
    command = [sys.executable, "-c", lines.steps[-1].replace('"pip"', f'"{sys.executable}"')]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as script:
        try:
            desk.answer(desk.until_asked(lines.project), "basic", "Go.")
            out, _ = script.communicate(timeout=150)
        finally:
            script.kill()
    assert script.returncode == 0
    assert "The founder chose basic" in out
    assert lines.is_green


def test_the_lines_connect_a_shell(desk: Desk) -> None:
    lines = Lines(desk, "curl")
    report, wait = lines.steps
    verdict = json.loads(shell(report))
    assert verdict["verdict"] == "escalate"
    desk.answer(lines.asked, "skip_feature", "Not now.")
    decision = json.loads(shell(wait.replace("ESCALATION_ID", verdict["escalation_id"])))
    assert decision["decision"] == "skip_feature"
    assert lines.is_green


def shell(line: str, said: str = "") -> str:
    done = subprocess.run(["sh", "-c", line], input=said, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


MCP_CLIENT = """
import asyncio, json, sys
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

async def main(url, headers):
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        said = {"question": "Do we ship on Friday?", "wait_s": 0}
        asked = await client.call_tool("ask_founder", said)
        print(asked.structured_content["status"])

asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
"""


def ask_with(url: str, headers: dict[str, str]) -> str:
    """Ask with the official client; returns how the question stands."""
    command = [sys.executable, "-c", MCP_CLIENT, url, json.dumps(headers)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("kind", ["mcp", "cursor"])
def test_the_lines_connect_a_client_of_mcp(desk: Desk, kind: str) -> None:
    lines = Lines(desk, kind)
    server = json.loads(lines.steps[0])["mcpServers"]["unstuck"]
    assert ask_with(server["url"], server["headers"]) == "pending"
    assert lines.asked["job_id"] == server["headers"]["X-Unstuck-Job"]
    assert lines.is_green


def test_the_lines_connect_claude_code(desk: Desk) -> None:
    lines = Lines(desk, "claude-code")
    words = shlex.split(lines.steps[0])
    assert words[:6] == ["claude", "mcp", "add", "--transport", "http", "unstuck"]
    headers = dict(
        words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "--header"
    )
    assert ask_with(words[6], headers) == "pending"
    for event, hooks in json.loads(lines.steps[1])["hooks"].items():
        (hook,) = hooks[0]["hooks"]
        payload = (HOOKS / f"claude-code.{event}.json").read_text("utf-8")
        sent = [f"-H{name}: {value}" for name, value in hook["headers"].items()]
        line = [
            "curl",
            "-fsS",
            hook["url"],
            *sent,
            "-H",
            "Content-Type: application/json",
            "-d",
            "@-",
        ]
        said = shell(shlex.join(line), payload)
        if event == "PostToolUseFailure":
            assert json.loads(said)["hookSpecificOutput"]["additionalContext"]
    assert lines.is_green


def test_the_hook_of_cursor_reports_a_failure_and_never_stops_it(desk: Desk) -> None:
    lines = Lines(desk, "cursor")
    (hook,) = json.loads(lines.steps[1])["hooks"]["postToolUseFailure"]
    payload = (HOOKS / "cursor.postToolUseFailure.json").read_text("utf-8")
    assert json.loads(shell(hook["command"], payload))["additional_context"]
    assert lines.is_green
    assert shell(hook["command"].replace(desk.url, "http://127.0.0.1:9"), payload) == ""
