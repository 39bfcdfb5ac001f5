"""What a rule is: a readable row of a table that recognises one kind of error."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from webapp.rules.alternatives import alternatives_of, captures_a_name
from webapp.rules.categories import Category, Family

SUBJECT_SEPARATOR: Final = "|"
NEEDLE_SEPARATOR: Final = " | "
MAX_MATCHES: Final = 12
"""Matches without a subject that are looked at before the search for a subject ends."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of error.

    A message has to hold one of `needs` (lower case; see index.py for how they are found) and, if
    there is a pattern, match one of its alternatives. The groups that it captures are the subject;
    the first match that captures anything counts, those of alternatives that capture a name before
    the others, and `()` captures an empty subject on purpose. A rule that
    `identifies` names the problem completely: two messages with the same rule and subject are one
    problem whatever surrounds them. Where `subject_identifies`, that holds only if something was
    captured. Otherwise the rule tells the category alone, and the message's main line tells the
    problem. Where the subject has to stand `in_capitals`, as the name of an environment variable
    does, the rule does not hold for a message that writes it otherwise.
    """

    name: str
    category: Category
    family: Family
    reason: str
    needs: tuple[str, ...]
    pattern: str | None
    identifies: bool
    subject_identifies: bool = False
    in_capitals: bool = False

    @property
    def captures_names(self) -> bool:
        """Whether a subject may be a name that nobody listed."""
        return self.pattern is not None and bool(_searches(self.pattern)[0])

    def holds_for(self, message: str, match: "Match") -> bool:
        """Whether the subject is written in `message` as this rule wants it."""
        return not self.in_capitals or match.subject.upper() in message

    def match(self, text: str, start: int = 0) -> "Match | None":
        """Look for the patterns in `text` (lower case, one line) from `start` on.

        None if none of them is there.
        """
        if self.pattern is None:
            return Match("", self.identifies)
        naming, others = _searches(self.pattern)
        captured, is_there = _first_capture(naming, text, start)
        if captured is None:
            captured, is_also_there = _first_capture(others, text, start)
            is_there = is_there or is_also_there
        if captured is None:
            never_captures = not naming and not any(one.groups for one in others)
            return Match("", self.identifies and never_captures) if is_there else None
        subject = SUBJECT_SEPARATOR.join(group for group in captured.groups() if group)
        return Match(subject, self.identifies or self.subject_identifies)


Patterns = tuple[re.Pattern[str], ...]


@cache
def _searches(pattern: str) -> tuple[Patterns, Patterns]:
    """The alternatives of a pattern that capture a name, and the others. Cut and compiled when a
    message first needs them: all of them together take a third of a second of every start."""
    parts = alternatives_of(pattern)
    naming = tuple(re.compile(part) for part in parts if captures_a_name(part))
    others = tuple(re.compile(part) for part in parts if not captures_a_name(part))
    return naming, others


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


class Table:
    """Collects the rules of one subject in order: the first that matches wins."""

    def __init__(self, category: Category) -> None:
        self.category = category
        self.rules: list[Rule] = []

    def add(
        self,
        name: str,
        family: Family,
        reason: str,
        needs: str,
        pattern: str | None = None,
        *,
        category: Category | None = None,
        identifies: bool = True,
        subject_identifies: bool = False,
        in_capitals: bool = False,
    ) -> None:
        """Append a rule; `needs` are needles with ` | ` between them.

        Needs and pattern are lower case, as is the text that they meet.
        """
        needles = tuple(needle.strip() for needle in needs.split(NEEDLE_SEPARATOR))
        self.rules.append(
            Rule(
                name,
                category or self.category,
                family,
                reason,
                needles,
                pattern,
                identifies,
                subject_identifies,
                in_capitals,
            )
        )
