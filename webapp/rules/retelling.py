"""What is known of a problem, in plain words, where no agent and no question has worded it."""

from typing import Final

from webapp.rules.catalog import UNRECOGNISED, rules
from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification
from webapp.rules.phrases.services import find_service
from webapp.rules.plain_language import reads_plain
from webapp.rules.wording import problem

_REASONS: Final = {rule.name: rule.reason for rule in rules()}


def problem_in_words(family: str | None, error_type: str, intent: str | None) -> str:
    """Return the problem in one or two plain sentences, from its family and what was wanted."""
    kind = Family(family) if family in set(Family) else Family.UNRECOGNISED
    found = Classification(Category.CODE_ERROR, "", kind, "")
    return problem(found, find_service(error_type), intent, attempts=0, waits=0)


def approach_in_words(approach: str | None) -> str | None:
    """Return the approach as one sentence, or None where it is not plain or not told."""
    text = " ".join((approach or "").split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if reads_plain(text) else None


def reason_of(rule: str | None) -> str | None:
    """Return what completes "recognised because …" for a rule's name; None for one that recognised
    nothing or is not in the catalog."""
    return None if rule in (None, UNRECOGNISED.name) else _REASONS.get(rule)
