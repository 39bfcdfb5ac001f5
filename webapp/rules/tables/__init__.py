"""The rules in order of priority: the first that matches wins."""

from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = ()

UNRECOGNISED: Final = Rule(
    name="unrecognised",
    category=Category.CODE_ERROR,
    family=Family.UNRECOGNISED,
    reason="no rule knows this message, and what nobody knows is worth another approach",
    needs=(),
    pattern=None,
    identifies=False,
)
