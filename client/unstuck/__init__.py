"""The client of an Unstuck server: report failures, obey verdicts, ask the founder.

from unstuck import Unstuck

unstuck = Unstuck.from_env()
for attempt in unstuck.attempts("install the dependencies"):
    with attempt:
        install(hint=attempt.instruction, guidance=attempt.guidance)
"""

from unstuck.attempts import Attempt, Attempts
from unstuck.client import Unstuck
from unstuck.errors import Refused, Skipped, StillPending, Unreachable, UnstuckError
from unstuck.questions import Answer, Handle
from unstuck.secrets import Secret
from unstuck.verdicts import Verdict

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "Attempt",
    "Attempts",
    "Handle",
    "Refused",
    "Secret",
    "Skipped",
    "StillPending",
    "Unreachable",
    "Unstuck",
    "UnstuckError",
    "Verdict",
]
