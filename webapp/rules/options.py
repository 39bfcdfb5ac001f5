"""What is known about the options of a question: which one is recommended, which can be repeated.

An option is an object with `value`, `label` and `description`. `irreversible` is there only when it
is true. Options that Unstuck words carry notes of its own (`Note`), which no agent is shown and no
agent can set.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

Option = Mapping[str, Any]

_PUBLIC: Final = ("value", "label", "description", "irreversible")


class Note(StrEnum):
    """What Unstuck notes on an option it words: true, or a number of seconds."""

    REPEATABLE = "repeatable"
    """The same answer can be given again without the founder doing anything."""
    NEEDS_WORDS = "needs_words"
    """The answer says nothing without the founder's guidance."""
    WAIT_S = "wait_s"
    """The agent waits this many seconds after the answer."""
    WAIT_UNTIL = "wait_until"
    """The agent waits until then, in seconds since 1970."""


def public(options: Iterable[Option]) -> list[dict[str, Any]]:
    """Return the options as agents read them, without Unstuck's own notes."""
    return [{name: one[name] for name in _PUBLIC if name in one} for one in options]


def find(options: Iterable[Option], value: str | None) -> Option | None:
    """Return the option of that value, or None."""
    return next((option for option in options if option.get("value") == value), None)


def is_repeatable(options: Sequence[Option], value: str | None) -> bool:
    """Say whether this answer can be given again without the founder doing anything. None stands
    for skipping, which needs a question in Unstuck's own words."""
    if value is None:
        return any(option.get(Note.REPEATABLE) is True for option in options)
    option = find(options, value)
    return option is not None and option.get(Note.REPEATABLE) is True


def needs_words(options: Iterable[Option], value: str | None) -> bool:
    """Say whether this answer says nothing without guidance."""
    option = find(options, value)
    return option is not None and option.get(Note.NEEDS_WORDS) is True


def recommended(options: Sequence[Option], named: str | None, action: str) -> str | None:
    """Return the value of the recommended option: the one the agent names, or the one whose value
    is all that its recommended action says. What can't be undone must be named."""
    if named is not None:
        return named
    option = find(options, action.strip())
    return None if option is None or option.get("irreversible") else str(option["value"])
