"""The deadline of a question: which option may hold if nobody answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.rules import options
from webapp.rules.answer_schema import fields_of


def fault_of_default(
    then: str | None, choices: Sequence[Mapping[str, Any]], schema: dict[str, Any] | None
) -> str | None:
    """What keeps `then` from being the option that holds when nobody answers, or None. Nobody
    agreed to what can't be undone, and nobody fills in what it needs."""
    if then is None:
        return None
    option = options.find(choices, then)
    if option is None:
        return "is none of the options"
    if option.get("irreversible"):
        return "can't be an option that can't be undone"
    if options.needs_words(choices, then):
        return "can't be an option that needs a note"
    if any(each.required and each.belongs_to(then) for each in fields_of(schema)):
        return "can't be an option that needs values or secrets"
    return None
