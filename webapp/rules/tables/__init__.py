"""The rules in order of priority: the first that matches wins.

What looks like a refusal or an outage but is a mistake of the program comes first, then what
only a person can fix, then the environment, then the languages, and last the general words.
"""

from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Rule
from webapp.rules.tables import (
    cloud,
    compiled,
    containers,
    databases,
    generic,
    javascript,
    lookalikes,
    machine,
    model_providers,
    network,
    python,
    registries,
    services,
    source_control,
)

_IN_ORDER: Final = (
    lookalikes,
    model_providers,
    containers,
    registries,
    source_control,
    services,
    cloud,
    databases,
    network,
    machine,
    python,
    javascript,
    compiled,
    generic,
)

RULES: Final[tuple[Rule, ...]] = tuple(rule for module in _IN_ORDER for rule in module.table.rules)

UNRECOGNISED: Final = Rule(
    name="unrecognised",
    category=Category.CODE_ERROR,
    family=Family.UNRECOGNISED,
    reason="no rule knows this message, and what nobody knows is worth another approach",
    needs=(),
    pattern=None,
    identifies=False,
)
