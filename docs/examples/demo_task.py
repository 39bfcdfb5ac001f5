"""One part of the work: what to try, how far it got, and how to ask about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unstuck import Answer

Work = Callable[[str], str]
"""Does a step with the founder's guidance, or an empty text; returns what came of it."""

Approach = tuple[str, Work]
"""What is done, in words that complete "I tried to …", and the work itself."""


@dataclass
class Task:
    """One part of the shop, and how far it got. `question` is worded for the founder, `keys` is
    where the keys are put that the founder hands over, and `values` came with the answer."""

    name: str
    intent: str
    approaches: list[Approach]
    simpler: Approach | None = None
    question: dict[str, Any] = field(default_factory=dict)
    tried: list[Approach] = field(default_factory=list)
    guidance: str = ""
    result: str | None = None
    keys: Path = Path("keys")
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def approach(self) -> Approach:
        """The approach to try now."""
        return self.approaches[0]

    def tried_in_words(self) -> list[str]:
        """A sentence for each approach that failed."""
        return [f"I tried to {words}." for words, _ in self.tried]

    def try_something_else(self) -> bool:
        """Turn to the next approach. Returns whether there is one."""
        self.tried.append(self.approaches[0])
        if len(self.approaches) > 1:
            del self.approaches[0]
        return self.approaches[0] is not self.tried[-1]

    def follow(self, answer: Answer) -> None:
        """Arrange the approaches by the founder's answer."""
        choice, self.guidance = answer.decision, answer.guidance or ""
        self.values = {**(answer.answers or {})}
        if choice == "simpler_version" and self.simpler:
            self.approaches = [self.simpler]
        elif self.guidance:
            words, work = self.approaches[0]
            self.approaches = [(f"{words}, with the advice: {self.guidance}", work)]
