"""Any other agent: a payload of our own, for hooks that one writes oneself."""

from typing import Literal

from pydantic import Field, StrictInt

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
from webapp.desk.api.schemas.parts import LONGEST_TEXT, NOT_BLANK, Choice, Name, RequestModel


class _Common(RequestModel):
    event: Literal["failure", "success", "question"]
    id: Name | None = None
    session_id: Name = "hook"
    folder: str = ""

    @property
    def source(self) -> Source:
        return Source(self.session_id, self.folder)


class _Tool(_Common):
    tool: Name = "shell"
    command: str | None = None

    def use(self, payload: Payload) -> ToolUse:
        given = {"command": self.command} if self.command else {}
        return ToolUse(self.source, name_of(payload, self.id), self.tool, given)


class _Failure(_Tool):
    error: str
    exit_code: StrictInt | None = None


class _Question(_Common):
    question: str = Field(min_length=1, max_length=LONGEST_TEXT, pattern=NOT_BLANK)
    options: list[Choice] = Field(default_factory=list, max_length=MOST_CHOICES)


def read(payload: Payload) -> Event | None:
    """The event; None for any that is not for us."""
    match payload.get("event"):
        case "failure":
            failure = reading.fitted(_Failure, payload)
            return Failed(failure.use(payload), failure.error, failure.exit_code)
        case "success":
            return Worked(reading.fitted(_Tool, payload).use(payload))
        case "question":
            asked = reading.fitted(_Question, payload)
            options = [
                {"label": each.label or each.value, "description": each.description or ""}
                for each in asked.options
            ]
            question = Question(asked.question, options)
            return Asked(asked.source, name_of(payload, asked.id), [question])
    return None
