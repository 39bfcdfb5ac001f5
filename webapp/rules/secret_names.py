"""Which secret a failure is about, named as the rule captured it: `STRIPE_API_KEY`."""

import re
from typing import Any, Final

from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification, recognise
from webapp.rules.phrases.questions import PERSON
from webapp.rules.rule import SUBJECT_SEPARATOR

_FAMILIES: Final = frozenset(
    {Family.MISSING_CREDENTIALS, Family.INVALID_CREDENTIALS, Family.EXPIRED_CREDENTIALS}
)
_SETTING: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MOST: Final = 3


def names(error_type: str, message: str) -> list[str]:
    """Return the names of the settings that the failure says are missing or wrong. Only names that
    stand in the message as settings are written, in capitals, are names of settings."""
    found = recognise(error_type, message)
    if found.rule.family not in _FAMILIES:
        return []
    subjects = found.match.subject.upper().split(SUBJECT_SEPARATOR)
    written = [name for name in subjects if _SETTING.fullmatch(name) and name in message]
    return list(dict.fromkeys(written))[:_MOST]


def schema(found: Classification, error_type: str, message: str) -> dict[str, Any] | None:
    """Return the schema of the answer to a question that the server words, or None where there is
    no secret to ask for. Nothing in it is required: the founder may have put the key in place."""
    if found.category is not Category.NEVER_RETRY:
        return None
    secret = {"type": "string", "format": "secret", "x-options": [PERSON]}
    properties = dict.fromkeys(names(error_type, message), secret)
    return {"type": "object", "properties": properties} if properties else None
