"""The rules, read from the TOML files of this folder in order of priority.

What looks like a refusal or an outage but is a mistake of the program comes first, then named
services and named causes, then words that are said in many places: the numbers of the files are
that order, and in a file the first rule that matches wins. Rules that only name the family of a
mistake in the program come last, since such a mistake is what nobody knows anyway.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Identity, Rule

FOLDER: Final = Path(__file__).parent

UNRECOGNISED: Final = Rule(
    name="unrecognised",
    category=Category.CODE_ERROR,
    family=Family.UNRECOGNISED,
    reason="no rule knows this message, and what nobody knows is worth another approach",
    needles=(),
    identity=Identity.LINE,
)

_NEEDED: Final = frozenset({"name", "category", "family", "reason", "needles", "examples"})
_KNOWN: Final = _NEEDED | {
    *("names", "kinds", "must_differ", "identity", "in_capitals", "service", "same")
}
_NEEDLE_SEPARATOR: Final = " | "


class CatalogError(ValueError):
    """A rule that can't be read. Says in which file, and what is wrong."""


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules in order of priority. They are read once, when they are first needed: the
    supervisor of the processes never does."""
    return load(FOLDER)


def load(folder: Path) -> tuple[Rule, ...]:
    """Read the rules of the TOML files in `folder`; raises CatalogError."""
    found = [rule for path in sorted(folder.glob("*.toml")) for rule in _rules_of(path)]
    return tuple(sorted(found, key=_names_only_a_family))


def _names_only_a_family(rule: Rule) -> bool:
    return rule.category is Category.CODE_ERROR and rule.identity is not Identity.RULE


def _rules_of(path: Path) -> Iterator[Rule]:
    try:
        file = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise CatalogError(f"{path.name}: {problem}") from None
    parts = _filled_parts(file.get("parts", {}))
    for row in file.get("rule", []):
        where = f"{path.name}, {row.get('name', 'a rule without a name')}"
        for key in sorted(_NEEDED - row.keys()):
            raise CatalogError(f"{where}: {key} is missing")
        for key in sorted(row.keys() - _KNOWN):
            raise CatalogError(f"{where}: {key} is unknown")
        try:
            yield _rule(row, parts)
        except ValueError as problem:
            raise CatalogError(f"{where}: {problem}") from None


def _rule(row: dict[str, Any], parts: Mapping[str, str]) -> Rule:
    names, kinds = (_patterns(row.pop(key, ""), parts) for key in ("names", "kinds"))
    return Rule(
        category=Category(row.pop("category")),
        family=Family(row.pop("family")),
        needles=tuple(_needles(row.pop("needles"))),
        names=names,
        kinds=kinds,
        identity=Identity(row.pop("identity", Identity.RULE)),
        same={word: first for first, *words in row.pop("same", ()) for word in (first, *words)},
        examples=tuple(row.pop("examples")),
        must_differ=tuple(row.pop("must_differ", ())),
        **row,
    )


def _needles(block: str) -> Iterator[str]:
    for line in block.strip().split("\n"):
        yield from line.split(_NEEDLE_SEPARATOR)


def _patterns(block: str, parts: Mapping[str, str]) -> tuple[str, ...]:
    """Return one pattern for each line, with the parts that it names."""
    return tuple(_filled(line, parts) for line in block.split("\n") if line)


def _filled_parts(parts: Mapping[str, str]) -> dict[str, str]:
    """Parts may hold parts that are written above them."""
    filled: dict[str, str] = {}
    for name, pattern in parts.items():
        filled[name] = _filled(pattern, filled)
    return filled


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for name, text in parts.items():
        pattern = pattern.replace(f"{{{{{name}}}}}", text)
    return pattern
