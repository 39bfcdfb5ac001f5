"""Cursor, after its hooks reference of autumn 2026: `postToolUseFailure` and `postToolUse`."""

import json
from typing import Any

from pydantic import Field

from webapp.desk.api import reading
from webapp.desk.api.hooks.events import Event, Failed, Payload, Source, ToolUse, Worked, name_of
from webapp.desk.api.schemas.parts import Name, RequestModel


class _Common(RequestModel):
    conversation_id: Name = "cursor"
    cwd: str | None = None
    workspace_roots: list[str] = Field(default_factory=list)
    tool_name: Name
    tool_input: dict[str, Any] = Field(default_factory=dict)
    tool_use_id: str | None = None

    def use(self, payload: Payload) -> ToolUse:
        folder = next(iter(self.workspace_roots), None) or self.cwd or ""
        name = name_of(payload, self.tool_use_id)
        return ToolUse(Source(self.conversation_id, folder), name, self.tool_name, self.tool_input)


class _Failure(_Common):
    error_message: str
    failure_type: str = "error"
    is_interrupt: bool = False

    @property
    def was_stopped(self) -> bool:
        """Whether a person at the keyboard said no: that is an answer already."""
        return self.is_interrupt or self.failure_type == "permission_denied"


class _Success(_Common):
    tool_output: str | None = None

    @property
    def code(self) -> int:
        """The exit code, which Cursor sends within the output; 0 if it sends none."""
        try:
            output = json.loads(self.tool_output or "")
        except (ValueError, RecursionError):
            return 0
        code = output.get("exitCode") if isinstance(output, dict) else None
        return code if isinstance(code, int) else 0


def read(payload: Payload) -> Event | None:
    """The event; None for any that is not for us."""
    match payload.get("hook_event_name"):
        case "postToolUseFailure":
            failure = reading.fitted(_Failure, payload)
            if failure.was_stopped:
                return None
            return Failed(failure.use(payload), failure.error_message)
        case "postToolUse":
            success = reading.fitted(_Success, payload)
            return None if success.code else Worked(success.use(payload))
    return None
