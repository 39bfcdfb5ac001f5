"""Gemini CLI, after its hooks reference of autumn 2026: `AfterTool`. A failure is what has an
`error`; the text of a result is never searched for one."""

from typing import Any

from pydantic import Field

from webapp.desk.api import reading
from webapp.desk.api.hooks.events import Event, Failed, Payload, Source, ToolUse, Worked, name_of
from webapp.desk.api.schemas.parts import Name, RequestModel


class _Error(RequestModel):
    message: str


class _Response(RequestModel):
    error: _Error | str | None = None

    @property
    def text(self) -> str | None:
        return self.error.message if isinstance(self.error, _Error) else self.error


class _Tool(RequestModel):
    session_id: Name
    cwd: str = ""
    tool_name: Name
    tool_input: dict[str, Any] = Field(default_factory=dict)
    tool_response: _Response = Field(default_factory=_Response)

    def use(self, payload: Payload) -> ToolUse:
        source = Source(self.session_id, self.cwd)
        return ToolUse(source, name_of(payload), self.tool_name, self.tool_input)


def read(payload: Payload) -> Event | None:
    """The event; None for any that is not for us."""
    if payload.get("hook_event_name") != "AfterTool":
        return None
    tool = reading.fitted(_Tool, payload)
    error = tool.tool_response.text
    return Worked(tool.use(payload)) if error is None else Failed(tool.use(payload), error)
