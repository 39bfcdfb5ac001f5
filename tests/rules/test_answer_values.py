"""The fields of an answer: every trap that a form or an API call can send."""

from typing import Any

import pytest

from webapp.rules.answer_schema import faults, fields_of
from webapp.rules.answer_values import checked, from_form, wrong_defaults

COLOURS = {"type": "string", "enum": ["red", "blue"], "enumNames": ["Red", "Blue"]}
TITLED = {"type": "string", "oneOf": [{"const": "s", "title": "Small"}, {"const": "l"}]}
SEVERAL = {"type": "array", "items": {"type": "string", "enum": ["a", "b", "c"]}, "minItems": 1}
COUNT = {"type": "integer", "minimum": 1, "maximum": 10}
KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


def asked(**properties: Any) -> list[Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    assert faults(schema, {"yes", "no"}) == {}
    return fields_of(schema)


def code(said: dict[str, Any], value: Any) -> str | None:
    _, wrong = checked(asked(it=said), "yes", {"it": value})
    return wrong["it"].code if wrong else None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"type": "string"}, "any text"),
        ({"type": "string", "minLength": 2, "maxLength": 3}, "abc"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc"),
        ({"type": "string", "format": "email"}, "anna@example.com"),
        ({"type": "string", "format": "uri"}, "https://example.com/a?b"),
        ({"type": "string", "format": "date"}, "2028-02-29"),
        ({"type": "string", "format": "date-time"}, "2026-03-31T09:30:00.5+02:00"),
        ({"type": "number", "minimum": 0.5}, 0.5),
        (COUNT, 10),
        (COUNT, 3.0),
        ({"type": "boolean"}, False),
        (COLOURS, "blue"),
        (TITLED, "l"),
        (SEVERAL, ["a", "c"]),
    ],
)
def test_what_fits_is_taken(said: dict[str, Any], value: Any) -> None:
    assert checked(asked(it=said), "yes", {"it": value}) == ({"it": value}, {})


@pytest.mark.parametrize(
    ("said", "value", "expected"),
    [
        ({"type": "string"}, 5, "text"),
        ({"type": "string"}, " ", "too_short"),
        ({"type": "string"}, "x" * 2_001, "too_long"),
        ({"type": "string", "maxLength": 3}, "abcd", "too_long"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "ABC", "pattern"),
        ({"type": "string"}, f"It is {KEY}", "key"),
        ({"type": "string", "format": "email"}, "anna at example.com", "email"),
        ({"type": "string", "format": "email"}, "anna@localhost", "email"),
        ({"type": "string", "format": "uri"}, "example.com", "uri"),
        ({"type": "string", "format": "date"}, "2026-02-30", "date"),
        ({"type": "string", "format": "date"}, "2026-13-01", "date"),
        ({"type": "string", "format": "date"}, "0000-01-01", "date"),
        ({"type": "string", "format": "date"}, "31.3.2026", "date"),
        ({"type": "string", "format": "date-time"}, "2026-02-30T09:30Z", "date-time"),
        ({"type": "string", "format": "date-time"}, "2026-03-31T24:00Z", "date-time"),
        ({"type": "string", "format": "date-time"}, "2026-03-31T09:30", "date-time"),
        ({"type": "number"}, "5", "number"),
        ({"type": "number"}, True, "number"),
        ({"type": "number"}, [5], "number"),
        ({"type": "number"}, float("inf"), "too_large"),
        ({"type": "number"}, 10**400, "too_large"),
        (COUNT, 3.5, "integer"),
        (COUNT, 0, "too_small"),
        (COUNT, 11, "too_large"),
        ({"type": "integer"}, 2**53, "too_large"),
        ({"type": "boolean"}, "yes", "boolean"),
        ({"type": "boolean"}, 1, "boolean"),
        (COLOURS, "Red", "choice"),
        (COLOURS, ["red"], "choice"),
        (COLOURS, {"red": 1}, "choice"),
        (SEVERAL, "a", "choice"),
        (SEVERAL, ["a", "a"], "choice"),
        (SEVERAL, ["z"], "choice"),
        (SEVERAL, [], "too_few"),
        (SEVERAL | {"maxItems": 1}, ["a", "b"], "too_many"),
        ({"type": "string"}, None, "missing"),
        ({"type": "string", "format": "secret"}, KEY, "secret"),
    ],
)
def test_what_does_not_fit_is_told(said: dict[str, Any], value: Any, expected: str) -> None:
    assert code(said, value) == expected


def test_a_whole_number_arrives_as_one() -> None:
    values, _ = checked(asked(it=COUNT), "yes", {"it": 3.0})
    assert repr(values["it"]) == "3"


def test_fields_that_nobody_asked_for_are_refused() -> None:
    fields = asked(it={"type": "string", "x-options": ["yes"]})
    _, wrong = checked(fields, "yes", {"it": "a", "other": "b"})
    assert {name: fault.code for name, fault in wrong.items()} == {"other": "not_asked"}
    _, wrong = checked(fields, "no", {"it": "a"})
    assert wrong["it"].code == "not_asked"
    assert checked(fields, "no", {}) == ({}, {})


@pytest.mark.parametrize(
    ("said", "sent", "value"),
    [
        ({"type": "string"}, [" two\r\nlines "], "two\nlines"),
        ({"type": "string"}, [""], None),
        ({"type": "string"}, [], None),
        (COUNT, ["3"], 3),
        (COUNT, ["3.5"], 3.5),
        (COUNT, ["three"], "three"),
        (COUNT, ["٣"], "٣"),
        ({"type": "number"}, ["1e3"], 1000.0),
        ({"type": "number"}, ["nan"], "nan"),
        ({"type": "boolean"}, [], False),
        ({"type": "boolean"}, ["true"], True),
        (SEVERAL, ["a", "b", "a"], ["a", "b"]),
        (SEVERAL, [], None),
        ({"type": "string", "format": "date-time"}, ["2026-03-31T09:30"], "2026-03-31T09:30Z"),
    ],
)
def test_what_a_form_sends_becomes_json(said: dict[str, Any], sent: list[str], value: Any) -> None:
    assert repr(from_form(asked(it=said)[0], sent)) == repr(value)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"type": "object"}, "type"),
        ({"type": ["string"]}, "type"),
        ({"type": "string", "format": "hostname"}, "format"),
        ({"type": "string", "format": []}, "format"),
        ({"type": "string", "minimum": 1}, "minimum"),
        ({"type": "string", "minLength": -1}, "minLength"),
        ({"type": "string", "minLength": 5, "maxLength": 2}, "minLength"),
        ({"type": "number", "minimum": "1"}, "minimum"),
        ({"type": "number", "maximum": True}, "maximum"),
        ({"type": "number", "multipleOf": 2}, "multipleOf"),
        ({"type": "string", "enum": []}, "enum"),
        ({"type": "string", "enum": ["a", "a"]}, "enum"),
        ({"type": "string", "enum": ["a", 1]}, "enum"),
        ({"type": "string", "enum": "ab"}, "enum"),
        ({"type": "string", "enum": ["a"], "enumNames": []}, None),
        ({"type": "string", "enum": ["a"], "enumNames": ["A", "B"]}, "enum"),
        ({"type": "string", "oneOf": [{"title": "A"}]}, "oneOf"),
        ({"type": "string", "oneOf": ["a"]}, "oneOf"),
        ({"type": "array"}, "items"),
        ({"type": "array", "items": {"type": "number", "enum": ["a"]}}, "items"),
        ({"type": "array", "items": {"enum": ["a"], "pattern": "a"}}, "items"),
        ({"type": "string", "enum": [f"{n}" for n in range(51)]}, "enum"),
    ],
)
def test_a_property_that_no_form_can_show_is_told_by_its_place(
    said: dict[str, Any], place: str | None
) -> None:
    found = faults({"type": "object", "properties": {"it": said}}, set())
    assert list(found) == ([] if place is None else [f"properties.it.{place}"])


def test_a_default_has_to_fit_its_own_field() -> None:
    fields = asked(a=COUNT | {"default": 11}, b=COLOURS | {"default": "red"}, c=COUNT)
    assert wrong_defaults(fields) == ["a"]
