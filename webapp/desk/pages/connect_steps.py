"""How each kind of agent is connected: steps, each a sentence and what to copy.

In what is copied `@URL@`, `@TOKEN@` and `@PACKAGE@` stand for the address of this server, the new
token, and the address of the Python package on this server; `@JOB@` for a job that no other token
has opened, because a job belongs to the token that opened it.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Step:
    """One step: `text` says where `code` goes."""

    text: Any
    code: str


@dataclass(frozen=True)
class Kind:
    """One kind of agent."""

    name: Any
    about: Any
    steps: tuple[Step, ...]


_INSTALL: Final = Step(_("Install the package."), "pip install @PACKAGE@")
_ENVIRONMENT: Final = Step(
    _("Set the address, the token and a name for the job where your agent runs."),
    "export UNSTUCK_URL=@URL@\nexport UNSTUCK_TOKEN=@TOKEN@\nexport UNSTUCK_JOB=@JOB@",
)
_CHECK: Final = Step(_("Check the connection."), "unstuck doctor")
_BEFORE: Final = (_INSTALL, _ENVIRONMENT, _CHECK)

_PYTHON: Final = """\
import subprocess

from unstuck import Unstuck

unstuck = Unstuck.from_env()
answer = unstuck.ask("Which plan shall I book?", {"basic": "9 EUR", "pro": "29 EUR"})
print("The founder chose", answer.decision)

for attempt in unstuck.attempts("install the dependencies"):
    with attempt:
        subprocess.run(["pip", "--version"], check=True)  # your own work"""

_MCP: Final = """\
{
  "mcpServers": {
    "unstuck": {
      "type": "http",
      "url": "@URL@/api/mcp",
      "headers": {"Authorization": "Bearer @TOKEN@", "X-Unstuck-Job": "@JOB@"}
    }
  }
}"""

_CLAUDE_MCP: Final = """\
claude mcp add --transport http unstuck @URL@/api/mcp \\
  --header "Authorization: Bearer @TOKEN@" --header "X-Unstuck-Job: @JOB@\""""

_CLAUDE_HOOKS: Final = """\
{
  "hooks": {
    "PostToolUseFailure": [
      {
        "hooks": [
          {
            "type": "http",
            "url": "@URL@/api/hooks/claude-code?job_id=@JOB@",
            "headers": {"Authorization": "Bearer @TOKEN@"},
            "timeout": 10
          }
        ]
      }
    ],
    "PostToolUse": [
      {
        "matcher": "Bash",
        "hooks": [
          {
            "type": "http",
            "url": "@URL@/api/hooks/claude-code?job_id=@JOB@",
            "headers": {"Authorization": "Bearer @TOKEN@"},
            "timeout": 10
          }
        ]
      }
    ]
  }
}"""

_CURSOR_MCP: Final = _MCP.replace('      "type": "http",\n', "")
_CURSOR_COMMAND: Final = (
    "curl -fsS -m 10 '@URL@/api/hooks/cursor?job_id=@JOB@' -H 'Authorization: Bearer @TOKEN@' "
    "-H 'Content-Type: application/json' --data-binary @- || true"
)
_CURSOR_HOOKS: Final = f"""\
{{
  "version": 1,
  "hooks": {{
    "postToolUseFailure": [{{"command": "{_CURSOR_COMMAND}"}}]
  }}
}}"""

_LANGGRAPH: Final = """\
from langchain.agents import create_agent
from unstuck import Unstuck
from unstuck.adapters.langchain import UnstuckMiddleware

agent = create_agent(model, tools, middleware=[UnstuckMiddleware(Unstuck.from_env())])"""

_OPENAI: Final = """\
from agents import Agent, Runner, function_tool
from unstuck import Unstuck
from unstuck.adapters.openai_agents import UnstuckHooks

hooks = UnstuckHooks(Unstuck.from_env())

@function_tool(failure_error_function=hooks.on_failure)
def deploy(plan: str) -> str:
    ...

agent = Agent(name="builder", tools=[deploy])
Runner.run_sync(agent, "Deploy the shop.", hooks=hooks)"""

_PYDANTIC: Final = """\
from pydantic_ai import Agent
from unstuck import Unstuck
from unstuck.adapters.pydantic_ai import unstuck_hooks

agent = Agent(model, tools=tools, capabilities=[unstuck_hooks(Unstuck.from_env())])"""

_CURL: Final = """\
curl -sS @URL@/api/jobs/@JOB@/errors \\
  -H "Authorization: Bearer @TOKEN@" -H "Content-Type: application/json" \\
  -d '{"session_id": "s1", "error_type": "KeyError", "error_message": "STRIPE_API_KEY"}'"""

_WAIT: Final = """\
curl -sS "@URL@/api/escalations/ESCALATION_ID/decision?wait=60" \\
  -H "Authorization: Bearer @TOKEN@\""""

_ADDED: Final = _("Add the lines that name Unstuck to your agent.")

KINDS: Final[dict[str, Kind]] = {
    "python": Kind(
        "Python",
        _("A script or an agent of your own."),
        (
            *_BEFORE,
            Step(
                _("Save this as agent.py and run it. Then put your own work into the loop."),
                _PYTHON,
            ),
        ),
    ),
    "mcp": Kind(
        _("MCP client"),
        _("Any program that speaks the Model Context Protocol."),
        (
            Step(_("Add this server to the settings of your client."), _MCP),
            Step(
                _("Restart the client. Then tell your agent when to use it."),
                "Report every failure to unstuck, and ask unstuck what you can't decide.",
            ),
        ),
    ),
    "claude-code": Kind(
        "Claude Code",
        _("Anthropic's coding agent."),
        (
            Step(_("Run this in the folder of your project."), _CLAUDE_MCP),
            Step(
                _("To report failures automatically, put this into .claude/settings.local.json."),
                _CLAUDE_HOOKS,
            ),
        ),
    ),
    "cursor": Kind(
        "Cursor",
        _("The code editor with an agent."),
        (
            Step(_("Put this into .cursor/mcp.json, and keep that file private."), _CURSOR_MCP),
            Step(
                _(
                    "To report failures automatically, put this into .cursor/hooks.json. It holds "
                    "the token too, so keep it private."
                ),
                _CURSOR_HOOKS,
            ),
        ),
    ),
    "langgraph": Kind(
        "LangGraph",
        _("Agents of LangChain and LangGraph."),
        (*_BEFORE, Step(_ADDED, _LANGGRAPH)),
    ),
    "openai-agents": Kind(
        "OpenAI Agents", _("OpenAI's Agents SDK."), (*_BEFORE, Step(_ADDED, _OPENAI))
    ),
    "pydantic-ai": Kind(
        "Pydantic AI", _("Agents of Pydantic AI."), (*_BEFORE, Step(_ADDED, _PYDANTIC))
    ),
    "curl": Kind(
        "curl",
        _("Any other language, over HTTP."),
        (
            Step(_("Report a failure. The response is the verdict."), _CURL),
            Step(_("If the verdict has an escalation_id, wait for the answer with it."), _WAIT),
        ),
    ),
}
"""The kinds of agents, by the name in addresses and forms."""


def filled(kind: str, *, url: str, token: str, package: str, number: int) -> list[Step]:
    """The steps of that kind, with everything filled in. `number` is that of the token."""
    job = f"{kind}-{number}"
    values = {"@URL@": url, "@TOKEN@": token, "@PACKAGE@": package, "@JOB@": job}
    return [Step(step.text, _filled(step.code, values)) for step in KINDS[kind].steps]


def _filled(code: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        code = code.replace(name, value)
    return code
