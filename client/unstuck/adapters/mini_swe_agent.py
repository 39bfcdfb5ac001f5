"""mini-swe-agent: `UnstuckAgent(model, env, unstuck=unstuck, …)` in place of DefaultAgent."""

from __future__ import annotations

from typing import Any

from minisweagent.agents.default import DefaultAgent

from unstuck.adapters.tools import ToolWatch
from unstuck.client import Unstuck

_TAIL_CHARS = 20_000


class CommandFailed(Exception):
    """A command of the agent ended with an error; the message is what it printed."""


class UnstuckAgent(DefaultAgent):
    """Reports commands that fail; what to do is added to what the model observes."""

    def __init__(self, *args: Any, unstuck: Unstuck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = ToolWatch(unstuck)

    def execute_actions(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Execute them, and tell the model what to do about those that fail."""
        outputs = []
        for action in message.get("extra", {}).get("actions", []):
            output = self.env.execute(action)
            self._judge(action.get("command", ""), output)
            outputs.append(output)
        observed = self.model.format_observation_messages(
            message, outputs, self.get_template_vars()
        )
        return self.add_messages(*observed)

    def _judge(self, command: str, output: dict[str, Any]) -> None:
        words = command.split()
        tool = words[0] if words else "bash"
        if output["returncode"] == 0:
            self._watch.worked(tool)
            return
        said = f"{output.get('output', '')}\n{output.get('exception_info', '')}".strip()
        error = CommandFailed(said[-_TAIL_CHARS:] or f"exit code {output['returncode']}")
        text = self._watch.failed(tool, error, approach=f"run `{command[:500]}`")
        if text is not None:
            output["output"] = f"{output.get('output', '')}\n{text}"
