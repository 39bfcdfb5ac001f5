"""What the server says after a failure."""

from __future__ import annotations

import subprocess
import traceback
from dataclasses import dataclass, fields
from typing import Any, Optional

_MESSAGE_CHARS = 100_000
_OUTPUT_CHARS = 20_000


@dataclass(frozen=True)
class Verdict:
    """What to do next. The names are those of the JSON API; a field that doesn't apply is None."""

    verdict: str
    category: Optional[str] = None
    matched_rule: Optional[str] = None
    error_signature: Optional[str] = None
    attempt: Optional[int] = None
    max_attempts: Optional[int] = None
    instruction: Optional[str] = None
    approaches_tried: Optional[list[str]] = None
    retry_after_s: Optional[float] = None
    escalation_id: Optional[str] = None
    decision: Optional[str] = None
    label: Optional[str] = None
    guidance: Optional[str] = None
    answers: Optional[dict[str, Any]] = None
    notes: Optional[list[str]] = None
    reach: Optional[str] = None
    repeated: bool = False

    @classmethod
    def read(cls, body: dict[str, Any]) -> Verdict:
        """The verdict in a response; members that this version doesn't know are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in body.items() if name in known})


def message_of(error: BaseException) -> str:
    """The error as Python prints it, with what a failed command wrote; the end, if it is long."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    if isinstance(error, subprocess.CalledProcessError):
        for output in (error.stdout, error.stderr):
            if output:
                text += "\n" + _text(output)[-_OUTPUT_CHARS:]
    return text[-_MESSAGE_CHARS:]


def _text(output: Any) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else str(output)
