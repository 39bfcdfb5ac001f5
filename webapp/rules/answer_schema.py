"""What a question wants its answer to carry: a flat JSON Schema object, checked when it is asked.

The subset is that of MCP's elicitation: strings (formats email, uri, date, date-time), numbers,
integers, booleans, one or several of a list; and secrets, `{"type": "string", "format": "secret"}`.
A keyword that is not known is refused when the question is asked, so that no founder ever sees a
broken form.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_FIELDS: Final = 8
LONGEST_SECRET: Final = 8_192
"""Characters of a secret: a private key of 4096 bits has 3,300."""
LONGEST_WORDS: Final = 500
_LARGEST: Final = 2**53 - 1
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_TOP: Final = frozenset({"type", "properties", "required", "x-order"})
_ALWAYS: Final = frozenset({"type", "title", "description", "x-options"})
_TEXT: Final = frozenset({"format", "pattern", "minLength", "maxLength", "default"})
_KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    "secret": frozenset({"format", "pattern"}),
    **dict.fromkeys(("text", "email", "uri", "date", "date-time"), _TEXT),
    **dict.fromkeys(("number", "integer"), frozenset({"minimum", "maximum", "default"})),
    "boolean": frozenset({"default"}),
    "choice": frozenset({"enum", "enumNames", "oneOf", "default"}),
    "choices": frozenset({"items", "minItems", "maxItems", "default"}),
}
_FORMATS: Final = ("secret", "email", "uri", "date", "date-time")
_TYPES: Final = ("string", "number", "integer", "boolean", "array")
_LEAST: Final = ("minimum", "minLength", "minItems")
_MOST: Final = ("maximum", "maxLength", "maxItems")
MOST_CHOICES: Final = 50

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
    """One property as a form shows it. `kind` is secret, text, email, uri, date, date-time, number,
    integer, boolean, choice or choices; `options` are the values of the options that it belongs to
    (empty: to all of them); `choices` are values with their labels; `least` and `most` limit the
    number, the length, or how many are chosen."""

    name: str
    title: str
    description: str
    required: bool
    options: tuple[str, ...] = ()
    pattern: str | None = None
    kind: str = "secret"
    choices: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    default: Any = None

    def belongs_to(self, decision: str | None) -> bool:
        """Whether an answer with that decision carries this field."""
        return decision is not None and (not self.options or decision in self.options)


def fields_of(schema: Mapping[str, Any] | None) -> list[Field]:
    """Return the fields that a stored schema asks for, in its order."""
    if schema is None:
        return []
    required, properties = schema.get("required", ()), schema["properties"]
    order = {name: place for place, name in enumerate(schema.get("x-order", ()))}
    return [
        Field(
            name=name,
            title=said.get("title") or name,
            description=said.get("description") or "",
            required=name in required,
            options=tuple(said.get("x-options", ())),
            pattern=said.get("pattern"),
            kind=_kind(said),
            choices=tuple(_choices(said)),
            least=next((said[each] for each in _LEAST if each in said), None),
            most=next((said[each] for each in _MOST if each in said), None),
            default=said.get("default"),
        )
        for name, said in sorted(properties.items(), key=lambda each: order.get(each[0], 0))
    ]


def ordered(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with the order of its properties written down: the database keeps objects
    and not the order in them."""
    order: dict[str, Any] = {"x-order": list(schema["properties"])}
    return order | dict(schema)


def secrets_of(schema: Mapping[str, Any] | None) -> list[Field]:
    """Return the secrets that a stored schema asks for, in its order."""
    return [field for field in fields_of(schema) if field.kind == "secret"]


def is_secret(value: Any) -> bool:
    """Whether a value of an answer names a secret that was handed over."""
    return isinstance(value, dict) and "ref" in value


def _kind(said: Mapping[str, Any]) -> str:
    """The kind of a property, or empty for none of the kinds that there are."""
    match said.get("type"):
        case "string" if "enum" in said or "oneOf" in said:
            return "choice"
        case "string":
            form = said.get("format")
            return "text" if form is None else form if form in _FORMATS else ""
        case "number" | "integer" | "boolean" as kind:
            return str(kind)
        case "array":
            return "choices"
    return ""


def _choices(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The choices of a property with their labels."""
    inner = said["items"] if said.get("type") == "array" else said
    if titled := inner.get("oneOf") or inner.get("anyOf"):
        return [(one["const"], one.get("title") or one["const"]) for one in titled]
    values = inner.get("enum", [])
    return list(zip(values, inner.get("enumNames") or values, strict=True))


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
    for keyword in ("required", "x-order"):
        if not _are_names(schema.get(keyword, []), properties):
            found[keyword] = "must be a list of names of the properties"
    return found


def _are_names(listed: Any, properties: Collection[str]) -> bool:
    return isinstance(listed, list) and all(
        isinstance(name, str) and name in properties for name in listed
    )


def _faults_of_field(name: str, said: Any, options: Collection[str]) -> dict[str, str]:
    place = f"properties.{name}"
    if not _NAME.fullmatch(name):
        return {place: "must have a name of letters, digits and _, at most 64 of them"}
    if not isinstance(said, dict):
        return {place: "must be an object"}
    kind = _kind(said)
    if not kind:
        where = "format" if said.get("type") == "string" else "type"
        known = _FORMATS if where == "format" else _TYPES
        return {f"{place}.{where}": f"must be one of {', '.join(known)}"}
    unknown = said.keys() - _ALWAYS - _KEYWORDS[kind]
    found = {f"{place}.{each}": "is not a known keyword here" for each in unknown}
    if kind in ("choice", "choices") and not _are_choices(said):
        where = "items" if kind == "choices" else "oneOf" if "oneOf" in said else "enum"
        found[f"{place}.{where}"] = (
            f"must list 1 to {MOST_CHOICES} different strings, each with a title or none of them"
        )
        return found
    found |= {f"{place}.{each}": text for each, text in _faults_of_limits(kind, said).items()}
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


def _are_choices(said: Mapping[str, Any]) -> bool:
    inner = said.get("items") if said.get("type") == "array" else said
    if not isinstance(inner, dict):
        return False
    if said.get("type") == "array" and (
        inner.keys() - {"type", "enum", "anyOf", "oneOf"} or inner.get("type", "string") != "string"
    ):
        return False
    titled = inner.get("oneOf", inner.get("anyOf"))
    if titled is not None:
        if not isinstance(titled, list) or not all(isinstance(one, dict) for one in titled):
            return False
        values = [one.get("const") for one in titled]
        titles = [one.get("title", "") for one in titled]
    else:
        listed, titles = inner.get("enum"), inner.get("enumNames", [])
        if not isinstance(listed, list) or not isinstance(titles, list):
            return False
        values = listed
        if titles and len(titles) != len(values):
            return False
    texts = [*values, *titles]
    return (
        1 <= len(values) <= MOST_CHOICES
        and all(isinstance(each, str) and len(each) <= LONGEST_WORDS for each in texts)
        and all(values)
        and len(set(values)) == len(values)
    )


def _faults_of_limits(kind: str, said: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    whole = kind not in ("number", "integer")
    for each in (*_LEAST, *_MOST):
        if each in said and not _is_limit(said[each], whole=whole):
            found[each] = "must be a whole number from 0 on" if whole else "must be a number"
    least = next((said[each] for each in _LEAST if each in said and each not in found), None)
    most = next((said[each] for each in _MOST if each in said and each not in found), None)
    if least is not None and most is not None and least > most:
        found[next(each for each in _LEAST if each in said)] = "must not be above the maximum"
    return found


def _is_limit(value: Any, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return 0 <= value <= _LARGEST if whole else abs(value) <= _LARGEST


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
