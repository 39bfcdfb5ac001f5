"""The values of the fields of an answer: read from a form, and checked against the schema."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from webapp.rules.answer_schema import Field
from webapp.rules.keys import holds_key

LONGEST_TEXT: Final = 2_000
_LARGEST: Final = 2**53 - 1
"""Numbers beyond it are not the same in every language that reads JSON."""
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:\S+")
_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_INTEGER: Final = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_NUMBER: Final = re.compile(
    r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value: a code, and the numbers that its sentence names."""

    code: str
    more: dict[str, Any] = field(default_factory=dict)


def from_form(asked: Field, sent: Sequence[str]) -> Any:
    """Return what a form sent for a field as JSON has it, or None where nothing was filled in. What
    is no such value stays a text, for `fault_of` to refuse."""
    if asked.kind == "boolean":
        return bool(sent)
    if asked.kind == "choices":
        return list(dict.fromkeys(sent)) or None
    text = sent[0].strip() if sent else ""
    if not text:
        return None
    if asked.kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if asked.kind in ("number", "integer") and _NUMBER.fullmatch(text):
        return float(text) if not _INTEGER.fullmatch(text) else int(text)
    if asked.kind == "date-time" and "T" in text and not text.endswith("Z"):
        return f"{text}Z"  # the form asks for UTC
    return text.replace("\r\n", "\n")


def checked(
    fields: Sequence[Field], decision: str | None, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Fault]]:
    """Return the values as the agent gets them, and what is wrong with each name. Secrets are not
    among them: nobody sends one with an answer."""
    asked = {each.name: each for each in fields}
    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for name, value in given.items():
        wanted = asked.get(name)
        if wanted is None or not wanted.belongs_to(decision):
            faults[name] = Fault("not_asked")
        elif wanted.kind == "secret":
            faults[name] = Fault("secret")
        elif value is not None and (fault := fault_of(wanted, value)) is not None:
            faults[name] = fault
        elif value is not None:
            values[name] = int(value) if wanted.kind == "integer" else value
    for wanted in fields:
        if wanted.kind == "secret" or not wanted.required or not wanted.belongs_to(decision):
            continue
        if wanted.name not in values and wanted.name not in faults:
            faults[wanted.name] = Fault("missing")
    return values, faults


def wrong_defaults(fields: Sequence[Field]) -> list[str]:
    """Return the names of the fields whose default is no value of theirs."""
    return [
        each.name
        for each in fields
        if each.default is not None and fault_of(each, each.default) is not None
    ]


def fault_of(asked: Field, value: Any) -> Fault | None:
    """Return what is wrong with a value that is not null, or None."""
    match asked.kind:
        case "boolean":
            return None if isinstance(value, bool) else Fault("boolean")
        case "number" | "integer":
            return _of_number(asked, value)
        case "choice":
            return None if value in _values(asked) and isinstance(value, str) else Fault("choice")
        case "choices":
            return _of_choices(asked, value)
    return _of_text(asked, value)


def _values(asked: Field) -> list[str]:
    return [value for value, _ in asked.choices]


def _of_number(asked: Field, value: Any) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Fault(asked.kind)
    if abs(value) > _LARGEST or not isfinite(value):
        return Fault("too_large", {"most": asked.most if asked.most is not None else _LARGEST})
    if asked.kind == "integer" and value != int(value):
        return Fault("integer")
    if asked.least is not None and value < asked.least:
        return Fault("too_small", {"least": asked.least})
    if asked.most is not None and value > asked.most:
        return Fault("too_large", {"most": asked.most})
    return None


def _of_choices(asked: Field, value: Any) -> Fault | None:
    known = _values(asked)
    if not isinstance(value, list) or not all(
        isinstance(each, str) and each in known for each in value
    ):
        return Fault("choice")
    if len(set(value)) < len(value):
        return Fault("choice")
    if asked.least is not None and len(value) < asked.least:
        return Fault("too_few", {"least": asked.least})
    if asked.most is not None and len(value) > asked.most:
        return Fault("too_many", {"most": asked.most})
    return None


def _of_text(asked: Field, value: Any) -> Fault | None:
    if not isinstance(value, str):
        return Fault("text")
    most = min(asked.most if asked.most is not None else LONGEST_TEXT, LONGEST_TEXT)
    if len(value) > most:
        return Fault("too_long", {"most": most})
    if len(value) < (asked.least or 0) or (asked.required and not value.strip()):
        return Fault("too_short", {"least": asked.least or 1})
    if holds_key(value):
        return Fault("key")
    if asked.pattern is not None and re.search(asked.pattern, value) is None:
        return Fault("pattern")
    formats = {"email": _EMAIL, "uri": _URI}
    if asked.kind in formats and not formats[asked.kind].fullmatch(value):
        return Fault(asked.kind)
    if asked.kind == "date" and not _is_day(value):
        return Fault("date")
    if asked.kind == "date-time":
        moment = _MOMENT.fullmatch(value)
        if moment is None or not _is_day(moment[1]):
            return Fault("date-time")
    return None


def _is_day(text: str) -> bool:
    """Whether there is such a day: 30 February is none."""
    found = _DAY.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
