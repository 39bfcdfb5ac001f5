"""Validation errors: the message of each invalid field, which says what to do."""

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS: Final = {
    "missing": "is missing: add it",
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must not be blank",
    "string_too_long": "is too long: use at most {max_length} characters",
    "too_long": "has too many entries: use at most {max_length}",
    "list_type": "must be a list: [ … ]",
    "dict_type": "must be an object: {{ … }}",
    "model_type": "must be an object: {{ … }}",
    "model_attributes_type": "must be an object: {{ … }}",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "uuid_type": "must be a UUID, such as 1b4e28ba-2fa1-4d1d-883f-0016d3cca427",
    "uuid_parsing": "must be a UUID, such as 1b4e28ba-2fa1-4d1d-883f-0016d3cca427",
    "value_error": "{error}",
}


def validation_errors(error: ValidationError) -> dict[str, str]:
    """Each invalid field by its dotted path, such as `options.1.value`, with its message."""
    return {_path(detail): _message(detail) for detail in error.errors(include_url=False)}


def _path(detail: ErrorDetails) -> str:
    return ".".join(str(step) for step in detail["loc"]) or "body"


def _message(detail: ErrorDetails) -> str:
    words = _WORDS.get(detail["type"])
    return detail["msg"] if words is None else words.format(**detail.get("ctx", {}))
