"""The rules in order of priority: the first that matches wins.

What looks like a refusal or an outage but is a mistake of the program comes first, then named
services and named causes, then words that are said in many places. Rules that only name the
family of a mistake in the program come last, since such a mistake is what nobody knows anyway.
"""

from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Rule
from webapp.rules.tables import (
    amazon,
    browser_builds,
    certificates,
    cloud,
    compiled,
    container_engine,
    containers,
    credential_settings,
    database_access,
    database_contents,
    databases,
    download_sources,
    for_a_person,
    foreign_words,
    generic,
    javascript,
    javascript_packages,
    kubernetes,
    lookalikes,
    machine,
    messaging,
    mistaken,
    model_providers,
    network,
    network_words,
    other_builds,
    packages,
    payments,
    pipelines,
    plain_words,
    python,
    registries,
    repository_access,
    services,
    source_control,
)

_MODULES: Final = (
    lookalikes,
    mistaken,
    credential_settings,
    model_providers,
    container_engine,
    kubernetes,
    containers,
    download_sources,
    certificates,
    network,
    registries,
    javascript_packages,
    packages,
    repository_access,
    pipelines,
    source_control,
    payments,
    messaging,
    services,
    amazon,
    cloud,
    database_access,
    databases,
    database_contents,
    machine,
    python,
    javascript,
    browser_builds,
    compiled,
    other_builds,
    for_a_person,
    foreign_words,
    network_words,
    generic,
    plain_words,
)


def _in_order(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    def names_only_a_family(rule: Rule) -> bool:
        return rule.category is Category.CODE_ERROR and not rule.identifies

    return tuple(sorted(rules, key=names_only_a_family))


RULES: Final = _in_order(tuple(rule for module in _MODULES for rule in module.table.rules))

UNRECOGNISED: Final = Rule(
    name="unrecognised",
    category=Category.CODE_ERROR,
    family=Family.UNRECOGNISED,
    reason="no rule knows this message, and what nobody knows is worth another approach",
    needs=(),
    pattern=None,
    identifies=False,
)
