"""Texts of an agent as they are kept: a long message by its head and tail, and nothing with a key
in it. What an agent tells is read by observers, by other agents of the project, and in backups.
"""

from dataclasses import replace
from typing import Any

from webapp.errors import Invalid
from webapp.operations.reports.context import Report
from webapp.rules.answer_schema import faults, fields_of, ordered
from webapp.rules.answer_values import wrong_defaults
from webapp.rules.deadlines import fault_of_default
from webapp.rules.keys import without_keys
from webapp.rules.limits import MAX_APPROACH_BYTES, capped
from webapp.rules.phrases.questions import DONE, LABELS, PERSON

MESSAGE_KEPT = 100_000
"""Characters of a raw message that the technical details keep: its head and its tail."""

_SHOWN = ("label", "description")
_IN_SCHEMA = ("title", "description")


def cleaned(report: Report) -> Report:
    """The report as it is kept. Raises Invalid, naming the place, for a form or a default of its
    deadline that no question can have."""
    _require_default(report)
    message = without_keys(kept(report.error_message) or "")
    return replace(
        report,
        error_message=message,
        intent=agent_text(report.intent),
        approach=report.approach and capped(without_keys(report.approach), MAX_APPROACH_BYTES),
        plain_english_problem=agent_text(report.plain_english_problem),
        recommended_action=agent_text(report.recommended_action),
        options=None if report.options is None else agent_options(report.options),
        answer_schema=agent_schema(report.answer_schema, report.options),
    )


def _require_default(report: Report) -> None:
    """Raise Invalid unless `deadline_then` can hold when nobody answers. Where the server words the
    options, it's only known later which ones the question has (escalate.py)."""
    then, choices = report.deadline_then, report.options
    if choices is None:
        fault = None if then in {None, *LABELS, PERSON, DONE} else "is none of the options"
    else:
        fault = fault_of_default(then, choices, report.answer_schema)
    if fault:
        raise Invalid(f"deadline.then {fault}.", {"deadline.then": fault})


def agent_text(text: str | None) -> str | None:
    """A text of an agent as it is kept: without keys."""
    return None if text is None else without_keys(text)


def agent_options(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of a question as they are kept. Their values are names, and stay as they are."""
    return [
        {name: agent_text(text) if name in _SHOWN else text for name, text in option.items()}
        for option in options
    ]


def agent_schema(
    schema: dict[str, Any] | None, options: list[dict[str, Any]] | None
) -> dict[str, Any] | None:
    """What an agent wants its answer to carry, as it is kept: without keys in its texts. Raises
    Invalid, naming each place, when the form could not show it. `options` are the agent's own;
    without any, the server words them."""
    if schema is None:
        return None
    ours = {*LABELS, PERSON, DONE}
    values = ours if options is None else {one["value"] for one in options}
    if found := faults(schema, values):
        places = {f"answer_schema.{place}": message for place, message in found.items()}
        first, message = next(iter(places.items()))
        raise Invalid(f"{first} {message}.", places)
    if wrong := wrong_defaults(fields_of(schema)):
        message = "does not fit its own field"
        names = {f"answer_schema.properties.{name}.default": message for name in wrong}
        raise Invalid(f"{next(iter(names))} {message}.", names)
    properties = {
        name: {key: agent_text(text) if key in _IN_SCHEMA else text for key, text in said.items()}
        for name, said in schema["properties"].items()
    }
    return ordered(schema | {"properties": properties})


def kept(message: str | None) -> str | None:
    """A raw message as it is stored: a long one by its head and its tail."""
    if message is None or len(message) <= MESSAGE_KEPT:
        return message
    half = MESSAGE_KEPT // 2
    cut = len(message) - 2 * half
    return f"{message[:half]}\n… {cut} characters left out …\n{message[-half:]}"
