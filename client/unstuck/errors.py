"""What can go wrong between an agent and its Unstuck server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unstuck.questions import Answer


class UnstuckError(Exception):
    """The base of all errors of this package."""


class Refused(UnstuckError):
    """The server refused a request. `detail` says what to do; `problem` is the whole response."""

    def __init__(self, status: int, detail: str, problem: dict[str, Any]) -> None:
        super().__init__(f"{detail} (HTTP {status})")
        self.status, self.detail, self.problem = status, detail, problem


class Unreachable(UnstuckError):
    """The server couldn't be reached in the time there was."""


class StillPending(UnstuckError, TimeoutError):
    """Nobody has answered yet. This is neither a refusal nor an approval."""


class Skipped(UnstuckError):
    """The founder decided to leave this out. `answer` holds their words, if there are any."""

    def __init__(self, answer: Answer) -> None:
        reason = f": {answer.guidance}" if answer.guidance else ""
        super().__init__(f"The founder decided to leave this out{reason}")
        self.answer = answer
