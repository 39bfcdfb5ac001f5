"""What a question wants its answer to carry: a flat JSON Schema object, checked when it is asked.

For now each property is a secret: `{"type": "string", "format": "secret"}`, such as
`STRIPE_API_KEY`. A keyword that is not known is refused when the question is asked, so that no
founder ever sees a broken form.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_FIELDS: Final = 8
LONGEST_SECRET: Final = 8_192
"""Characters of a secret: a private key of 4096 bits has 3,300."""
LONGEST_WORDS: Final = 500
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_TOP: Final = frozenset({"type", "properties", "required"})
_OF_SECRET: Final = frozenset({"type", "format", "title", "description", "pattern", "x-options"})

# A pattern of an agent's runs on this server. One with at most one part of varying length takes
# time that grows with the length of the value, and no more.
_PART: Final = re.compile(
    r"(?:\\[wd.\-+/]|\[(?:[A-Za-z0-9_./+=:~@ -]|\\[wd.\-+/\]])+\]|\.|[A-Za-z0-9_\-/:=,@~ ]"
    r"|\((?:\?:)?[\w-]+(?:\|[\w-]+)*\))(?P<times>\{\d{1,4}(?P<range>,\d{0,4})?\}|[+*?])?"
)
_VARYING_PARTS: Final = 1
_LONGEST_PATTERN: Final = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One property as a form shows it. `options` are the values of the options that it belongs to;
    empty: to all of them."""

    name: str
    title: str
    description: str
    required: bool
    options: tuple[str, ...] = ()
    pattern: str | None = None

    def belongs_to(self, decision: str | None) -> bool:
        """Whether an answer with that decision carries this field."""
        return decision is not None and (not self.options or decision in self.options)


def secrets_of(schema: Mapping[str, Any] | None) -> list[Field]:
    """Return the secrets that a stored schema asks for, in its order."""
    if schema is None:
        return []
    required = schema.get("required", ())
    return [
        Field(
            name=name,
            title=said.get("title") or name,
            description=said.get("description") or "",
            required=name in required,
            options=tuple(said.get("x-options", ())),
            pattern=said.get("pattern"),
        )
        for name, said in schema["properties"].items()
        if said.get("format") == "secret"
    ]


def faults(schema: Mapping[str, Any], options: Collection[str]) -> dict[str, str]:
    """Return what is wrong with a schema that an agent sends: a message for each place, named with
    dots from the schema on. Nothing is wrong if it is empty."""
    found = {name: "is not a known keyword here" for name in schema if name not in _TOP}
    if schema.get("type") != "object":
        found["type"] = 'must be "object"'
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not 1 <= len(properties) <= MOST_FIELDS:
        return found | {"properties": f"must be an object with 1 to {MOST_FIELDS} fields"}
    for name, said in properties.items():
        found |= _faults_of_field(name, said, options)
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(
        isinstance(name, str) and name in properties for name in required
    ):
        found["required"] = "must be a list of names of the properties"
    return found


def _faults_of_field(name: str, said: Any, options: Collection[str]) -> dict[str, str]:
    place = f"properties.{name}"
    if not _NAME.fullmatch(name):
        return {place: "must have a name of letters, digits and _, at most 64 of them"}
    if not isinstance(said, dict):
        return {place: "must be an object"}
    if said.get("format") != "secret":
        return {f"{place}.format": 'must be "secret"'}
    found = {f"{place}.{each}": "is not a known keyword here" for each in said.keys() - _OF_SECRET}
    if said.get("type") != "string":
        found[f"{place}.type"] = 'must be "string" for a secret'
    for each in ("title", "description"):
        text = said.get(each, "")
        if not isinstance(text, str) or len(text) > LONGEST_WORDS:
            found[f"{place}.{each}"] = f"must be a string of at most {LONGEST_WORDS} characters"
    if "pattern" in said and not _is_safe(said["pattern"]):
        found[f"{place}.pattern"] = (
            "must be made of letters, classes such as [A-Za-z0-9] and alternatives such as "
            "(live|test), with at most one of them of any length"
        )
    if not _are_options(said.get("x-options", []), options):
        found[f"{place}.x-options"] = "must be a list of values of the options"
    return found


def _are_options(named: Any, options: Collection[str]) -> bool:
    return isinstance(named, list) and all(
        isinstance(value, str) and value in options for value in named
    )


def _is_safe(pattern: Any) -> bool:
    if not isinstance(pattern, str) or not 1 <= len(pattern) <= _LONGEST_PATTERN:
        return False
    rest, varying = pattern.removeprefix("^").removesuffix("$"), 0
    while rest:
        part = _PART.match(rest)
        if part is None:
            return False
        varying += part["times"] is not None and (
            part["range"] is not None or part["times"][0] != "{"
        )
        rest = rest[part.end() :]
    if varying > _VARYING_PARTS:
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def is_like(field: Field, value: str) -> bool:
    """Whether the value looks as the agent said that it does."""
    return field.pattern is None or re.search(field.pattern, value) is not None


def missing(fields: Iterable[Field], decision: str | None, there: Collection[str]) -> list[Field]:
    """Return the fields that an answer with that decision needs and does not have."""
    return [
        each
        for each in fields
        if each.required and each.belongs_to(decision) and each.name not in there
    ]
