"""What a rule is: a readable row of a table that recognises one kind of error."""

import re
from dataclasses import dataclass
from typing import Final

from webapp.rules.categories import Category, Family

SUBJECT_SEPARATOR: Final = "|"
NEEDLE_SEPARATOR: Final = " | "


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of error.

    A message has to hold one of `needs` (lower case; see index.py for how they are found) and, if
    there is a `pattern`, match it. The groups that the pattern captures are the subject. A rule
    that `identifies` names the problem completely: two messages with the same rule and subject
    are one problem whatever surrounds them. Where `subject_identifies`, that holds only if there
    is a subject. Otherwise the rule tells the category alone, and the message's main line tells
    the problem.
    """

    name: str
    category: Category
    family: Family
    reason: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str] | None
    identifies: bool
    subject_identifies: bool = False

    def identifies_with(self, subject: str) -> bool:
        """Say whether this rule and `subject` name a problem completely."""
        return self.identifies or (self.subject_identifies and bool(subject))

    def subject_in(self, text: str) -> str | None:
        """Return the subject in `text` (lower case, one line), or None if the pattern fails."""
        if self.pattern is None:
            return ""
        found = self.pattern.search(text)
        if found is None:
            return None
        return SUBJECT_SEPARATOR.join(group for group in found.groups() if group)


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
    ) -> None:
        """Append a rule; `needs` are needles with ` | ` between them.

        Needs and pattern are lower case, as is the text that they meet.
        """
        needles = tuple(needle.strip() for needle in needs.split(NEEDLE_SEPARATOR))
        compiled = re.compile(pattern) if pattern else None
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
            )
        )
