"""GitHub Copilot CLI, after its hooks reference of autumn 2026: `postToolUseFailure` and
`postToolUse`. Its payloads don't name their event, but differ: only a failure has an `error`."""

import json
from typing import Any

from webapp.desk.api import reading
from webapp.desk.api.hooks.events import Event, Failed, Payload, Source, ToolUse, Worked, name_of
from webapp.desk.api.schemas.parts import Name, RequestModel


class _Result(RequestModel):
    resultType: str = ""  # noqa: N815 - named by Copilot
    textResultForLlm: str = ""  # noqa: N815


class _Tool(RequestModel):
    sessionId: Name = "copilot-cli"  # noqa: N815
    cwd: str = ""
    toolName: Name  # noqa: N815
    toolArgs: Any = None  # noqa: N815
    toolResult: _Result | None = None  # noqa: N815

    def use(self, payload: Payload) -> ToolUse:
        source = Source(self.sessionId, self.cwd)
        return ToolUse(source, name_of(payload), self.toolName, _arguments(self.toolArgs))


class _Failure(_Tool):
    error: str


def _arguments(sent: Any) -> dict[str, Any]:
    """The arguments of the tool, which some versions send as JSON within the JSON."""
    if isinstance(sent, str):
        try:
            sent = json.loads(sent)
        except (ValueError, RecursionError):
            return {}
    return sent if isinstance(sent, dict) else {}


def read(payload: Payload) -> Event | None:
    """The event; None for any that is not for us."""
    if "toolName" not in payload:
        return None
    if "error" in payload:
        failure = reading.fitted(_Failure, payload)
        return Failed(failure.use(payload), failure.error)
    tool = reading.fitted(_Tool, payload)
    match tool.toolResult:
        case _Result(resultType="success"):
            return Worked(tool.use(payload))
        case _Result(resultType="failure", textResultForLlm=text):
            return Failed(tool.use(payload), text)
    return None
