"""Claude Code, after its hooks reference of August 2026: `PostToolUseFailure`, `PostToolUse`, and
`PreToolUse` of the tool `AskUserQuestion`."""

from typing import Annotated, Any

from pydantic import Field

from webapp.desk.api import reading
from webapp.desk.api.hooks.events import (
    MOST_CHOICES,
    Asked,
    Event,
    Failed,
    Payload,
    Question,
    Source,
    ToolUse,
    Worked,
    name_of,
)
from webapp.desk.api.schemas.parts import LONGEST_TEXT, NOT_BLANK, Name, RequestModel

Label = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=NOT_BLANK)]


class _Common(RequestModel):
    session_id: Name
    cwd: str = ""
    tool_name: Name
    tool_input: dict[str, Any] = Field(default_factory=dict)
    tool_use_id: str | None = None

    @property
    def source(self) -> Source:
        return Source(self.session_id, self.cwd)

    def use(self, payload: Payload) -> ToolUse:
        name = name_of(payload, self.tool_use_id)
        return ToolUse(self.source, name, self.tool_name, self.tool_input)


class _Failure(_Common):
    error: str
    is_interrupt: bool = False


class _Option(RequestModel):
    label: Label
    description: str = ""


class _Question(RequestModel):
    question: Label
    options: list[_Option] = Field(default_factory=list, max_length=MOST_CHOICES)
    multiSelect: bool = False  # noqa: N815 - named by Claude Code


class _Questions(RequestModel):
    questions: list[_Question] = Field(min_length=1, max_length=10)


def read(payload: Payload) -> Event | None:
    """The event; None for any that is not for us."""
    match payload.get("hook_event_name"):
        case "PostToolUseFailure":
            failure = reading.fitted(_Failure, payload)
            return None if failure.is_interrupt else Failed(failure.use(payload), failure.error)
        case "PostToolUse":
            return Worked(reading.fitted(_Common, payload).use(payload))
        case "PreToolUse" if payload.get("tool_name") == "AskUserQuestion":
            return _asked(payload)
    return None


def _asked(payload: Payload) -> Asked:
    common = reading.fitted(_Common, payload)
    found = reading.fitted(_Questions, common.tool_input)
    questions = [
        Question(each.question, [option.model_dump() for option in each.options], each.multiSelect)
        for each in found.questions
    ]
    name = name_of(payload, common.tool_use_id)
    return Asked(common.source, name, questions, common.tool_input["questions"])
