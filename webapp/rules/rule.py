"""What a rule is: a readable row of a table that recognises one kind of error."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from webapp.rules.alternatives import naming_part
from webapp.rules.categories import Category, Family

SUBJECT_SEPARATOR: Final = "|"
NEEDLE_SEPARATOR: Final = " | "
MAX_MATCHES: Final = 12
"""Matches without a subject that are looked at before the search for a subject ends."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of error.

    A message has to hold one of `needs` (lower case; see index.py for how they are found) and, if
    there is a `pattern`, match it. The groups that the pattern captures are the subject; the first
    match that captures anything counts, those of its alternatives that capture a name (`naming`)
    before the others, and `()` captures an empty subject on purpose. A rule that
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
    pattern: re.Pattern[str] | None
    identifies: bool
    subject_identifies: bool = False
    in_capitals: bool = False
    naming: re.Pattern[str] | None = None

    def holds_for(self, message: str, match: "Match") -> bool:
        """Whether the subject is written in `message` as this rule wants it."""
        return not self.in_capitals or match.subject.upper() in message

    def match(self, text: str, start: int = 0) -> "Match | None":
        """Look for the pattern in `text` (lower case, one line) from `start` on.

        None if it is not there.
        """
        if self.pattern is None:
            return Match("", self.identifies)
        captured = self.naming and _first_capture(self.naming, text, start)
        captured = captured or _first_capture(self.pattern, text, start)
        if captured is None:
            return None
        if captured.lastindex is None:
            return Match("", self.identifies and self.pattern.groups == 0)
        subject = SUBJECT_SEPARATOR.join(group for group in captured.groups() if group)
        return Match(subject, self.identifies or self.subject_identifies)


def _first_capture(pattern: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Return the first match that captures anything, otherwise the last of those looked at."""
    found = None
    for found in islice(pattern.finditer(text, start), MAX_MATCHES):
        if found.lastindex is not None:
            return found
    return found


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
        compiled = re.compile(pattern) if pattern else None
        naming = naming_part(pattern) if pattern else None
        self.rules.append(
            Rule(
                name,
                category or self.category,
                family,
                reason,
                needles,
                compiled,
                identifies,
                subject_identifies,
                in_capitals,
                re.compile(naming) if naming else None,
            )
        )
