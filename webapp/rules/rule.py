"""What a rule is: a readable row of the catalog that recognises one kind of error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Final

from webapp.rules.categories import Category, Family

SUBJECT_SEPARATOR: Final = "|"
MAX_MATCHES: Final = 12
"""Matches without a subject that are looked at before the search for a subject ends."""

_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]+")


class Identity(StrEnum):
    """What names the problem that a rule recognises, for its signature."""

    RULE = "rule"
    """The rule and what it captured, completely: whatever surrounds them doesn't matter."""

    NAME = "name"
    """The same, but only if something was captured; otherwise the message's main line."""

    LINE = "line"
    """The message's main line: the rule tells the category alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One kind of error, as catalog/README.md describes it.

    A message has to hold one of `needles` (lower case; see index.py for how they are found) and,
    if there are patterns, match one of them. The groups that it captures are the subject: the
    first match of `names` that captures anything, else the first of `kinds`. Where the subject has
    to stand `in_capitals`, as the name of an environment variable does, the rule does not hold for
    a message that writes it otherwise.
    """

    name: str
    category: Category
    family: Family
    reason: str
    needles: tuple[str, ...]
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    identity: Identity = Identity.RULE
    in_capitals: bool = False
    service: str | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    must_differ: tuple[str, ...] = ()

    def holds_for(self, message: str, match: "Match") -> bool:
        """Whether the subject is written in `message` as this rule wants it."""
        return not self.in_capitals or match.subject.upper() in message

    def match(self, text: str, start: int = 0) -> "Match | None":
        """Look for the patterns in `text` (lower case, one line) from `start` on.

        None if none of them is there.
        """
        if not self.names and not self.kinds:
            return Match("", self.identity is Identity.RULE)
        others = _compiled(self.kinds)
        captured, is_there = _first_capture(_compiled(self.names), text, start)
        if captured is None:
            captured, is_also_there = _first_capture(others, text, start)
            is_there = is_there or is_also_there
        if captured is None:
            never_captures = not self.names and not any(one.groups for one in others)
            identifies = self.identity is Identity.RULE and never_captures
            return Match("", identifies) if is_there else None
        subject = SUBJECT_SEPARATOR.join(group for group in captured.groups() if group)
        return Match(subject, self.identity is not Identity.LINE)

    def one_word_for(self, subject: str) -> str:
        """Return `subject`, or the word that stands for it and for what means the same."""
        return self.same.get(_NOT_LETTERS.sub("", subject), subject)


Patterns = tuple[re.Pattern[str], ...]


@cache
def _compiled(patterns: tuple[str, ...]) -> Patterns:
    """Compiled when a message first needs them: all of them take a third of a second."""
    return tuple(re.compile(pattern) for pattern in patterns)


def _first_capture(patterns: Patterns, text: str, start: int) -> tuple[re.Match[str] | None, bool]:
    """Return the earliest match that captures anything, and whether anything matched at all."""
    first, is_there = None, False
    for pattern in patterns:
        if is_there and not pattern.groups:
            continue
        for match in islice(pattern.finditer(text, start), MAX_MATCHES):
            is_there = True
            if match.lastindex is None:
                continue
            if first is None or match.start() < first.start():
                first = match
            break
    return first, is_there


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule found: the subject, and whether rule and subject name the problem completely."""

    subject: str
    identifies: bool
