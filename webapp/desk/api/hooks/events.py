"""What the hooks of all agents come down to: a tool failed, a tool worked, or a question is asked.

All texts in it are an agent's or a program's: they are data, and never instructions.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from webapp.desk.api.schemas.parts import LONGEST_NAME

Payload = Mapping[str, Any]

MOST_CHOICES: Final = 8
"""Of a question: two more are added to them, and a question has at most 10."""

_SHELLS: Final = frozenset({"bash", "shell", "powershell", "run_shell_command", "terminal"})
_SUBJECTS: Final = ("file_path", "absolute_path", "notebook_path", "path", "url", "query")
_LONGEST_TASK: Final = 500  # characters of a command that stand in a report's intent


@dataclass(frozen=True)
class Source:
    """Which agent's session and folder an event is of."""

    session_id: str
    folder: str


@dataclass(frozen=True)
class ToolUse:
    """One use of a tool. `id` is the agent's own name for it, the same if the event comes again."""

    source: Source
    id: str
    tool: str
    input: Mapping[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> str | None:
        """The command line, if the tool is a shell."""
        command = self.input.get("command")
        is_shell = self.tool.lower() in _SHELLS
        return command if is_shell and isinstance(command, str) and command.strip() else None

    @property
    def subject(self) -> str | None:
        """What another tool was used on, such as a file."""
        named = (self.input.get(name) for name in _SUBJECTS)
        return next((text for text in named if isinstance(text, str) and text.strip()), None)

    @property
    def task(self) -> str:
        """What was wanted. The same use of a tool has the same task."""
        if self.command is not None:
            return f"run `{self.command.strip()[:_LONGEST_TASK]}`"
        return f"use {self.tool}" + (
            f" on `{self.subject[:_LONGEST_TASK]}`" if self.subject else ""
        )


@dataclass(frozen=True)
class Failed:
    """A tool failed."""

    use: ToolUse
    error: str
    code: int | None = None


@dataclass(frozen=True)
class Worked:
    """A tool worked."""

    use: ToolUse


@dataclass(frozen=True)
class Question:
    """A question of the agent. Where several choices may apply, the founder answers freely."""

    text: str
    options: list[dict[str, str]] = field(default_factory=list)
    several: bool = False


@dataclass(frozen=True)
class Asked:
    """Questions that are asked together. `sent` is how the agent wrote them, and gets them back."""

    source: Source
    id: str
    questions: list[Question]
    sent: list[Any] = field(default_factory=list)


Event = Failed | Worked | Asked


def name_of(payload: Payload, own: str | None = None) -> str:
    """A name for an event by which its repetition is known: the agent's own, or made of it all."""
    if own and len(own) <= LONGEST_NAME:
        return own
    content = json.dumps(payload, sort_keys=True, default=str)
    return f"hook-{hashlib.sha256(content.encode()).hexdigest()[:40]}"


def last_part(folder: str) -> str:
    """The name of a folder, however its path is written."""
    return folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
