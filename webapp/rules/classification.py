"""Which category an error belongs to, and why."""

from dataclasses import dataclass
from functools import cache, lru_cache

from webapp.rules.catalog import UNRECOGNISED, rules
from webapp.rules.categories import Category, Family
from webapp.rules.index import RuleIndex
from webapp.rules.reading import READINGS_KEPT, read
from webapp.rules.rule import Match, Rule


@dataclass(frozen=True, slots=True)
class Classification:
    """The category of an error with the rule that decided it.

    `rule` is the `matched_rule` of a verdict, `reason` completes "recognised because …".
    """

    category: Category
    rule: str
    family: Family
    reason: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """The first rule that matches, with what it found."""

    rule: Rule
    match: Match


def classify(error_type: str, message: str) -> Classification:
    """Say what can be done about an error; one that no rule knows is a code error."""
    rule = recognise(error_type, message).rule
    return Classification(rule.category, rule.name, rule.family, rule.reason)


@lru_cache(maxsize=READINGS_KEPT)
def recognise(error_type: str, message: str) -> Recognition:
    """Return the first rule of the catalog that matches; it is in order of priority."""
    reading = read(error_type, message)
    for rule, start in _index().candidates(reading.flat, reading.words):
        match = rule.match(reading.flat, start)
        if match is not None and rule.holds_for(message, match):
            return Recognition(rule, match)
    return Recognition(UNRECOGNISED, Match("", identifies=False))


@cache
def _index() -> RuleIndex:
    return RuleIndex(rules())
