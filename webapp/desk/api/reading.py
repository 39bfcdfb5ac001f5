"""How a call's input is read: bytes into a model, or a problem that says what to do.

The library's parser is the standard one, with its generosity taken out: bytes that are not UTF-8,
NaN and bottomless nesting are refused; text that PostgreSQL cannot hold is made storable.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from webapp.desk.api.field_names import misspelt
from webapp.desk.api.validation_errors import validation_errors
from webapp.errors import AppError, Invalid
from webapp.rules.files import LARGEST_FILE
from webapp.rules.limits import clean_text

LONGEST_NAME = 255

_AROUND_FILE = 10_000
"""Bytes of a multipart body beside its file."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class Malformed(AppError):
    status, code, title = 400, "malformed-json", "That is not JSON"


class NotJson(AppError):
    status, code, title = 415, "unsupported-media-type", "Send JSON"


def path(values: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the path, storable; a job id that is too long is Invalid."""
    storable = {name: clean_text(value) for name, value in values.items()}
    _check_length("job_id", storable.get("job_id", ""))
    return storable


def query(model: type[ModelT]) -> ModelT:
    """The query string as `model`. Of a parameter that is repeated the first counts."""
    values = {name: clean_text(value) for name, value in request.args.items()}
    return fitted(model, values)


def body(model: type[ModelT], *, optional: bool = False) -> ModelT:
    """The JSON body as `model`; an `optional` one may be left out altogether."""
    data = request.get_data(cache=False)
    if optional and not data:
        return fitted(model, {})
    if not request.is_json:
        raise NotJson("Send the body as JSON, with the header Content-Type: application/json.")
    return arguments(model, parsed(data))


def file(name: str) -> tuple[str, bytes]:
    """The file in that field of a multipart body: its own name, and its content."""
    if request.mimetype != "multipart/form-data":
        raise NotJson(f"Send the file as multipart/form-data, in the field {name}.")
    request.max_content_length = LARGEST_FILE + _AROUND_FILE
    sent = request.files.get(name)
    if sent is None:
        message = "is missing: add a file with a filename"
        raise Invalid(f"{name} {message}.", {name: message})
    with closing(sent):
        return clean_text(sent.filename or ""), sent.read()


def arguments(model: type[ModelT], values: Mapping[str, Any]) -> ModelT:
    """The members of a JSON object as `model`; Invalid names each that is wrong or misspelt."""
    if wrong := misspelt(model, values):
        raise _invalid(wrong)
    return fitted(model, values)


def idempotency_key() -> str | None:
    """The caller's Idempotency-Key, or None; one that is too long is Invalid."""
    key = clean_text(request.headers.get("Idempotency-Key", "").strip())
    _check_length("Idempotency-Key", key)
    return key or None


def _check_length(name: str, value: str) -> None:
    if len(value) > LONGEST_NAME:
        message = f"is too long: use at most {LONGEST_NAME} characters"
        raise Invalid(f"{name} {message}.", {name: message})


def fitted(model: type[ModelT], values: Mapping[str, Any]) -> ModelT:
    """As `arguments`, of an object with names that are not ours: no name is taken for misspelt."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _invalid(validation_errors(error)) from None


def _invalid(fields: dict[str, str]) -> Invalid:
    first = "; ".join(f"{name} {message}" for name, message in list(fields.items())[:3])
    return Invalid(f"Correct this and send it again: {first.rstrip('.')}.", fields)


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object that these bytes are, its texts storable; Malformed if they are none."""
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant)
        # Only an escape can bring in a character that cannot be stored.
        value = _storable(value) if "\\u" in text else value
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8. Encode the JSON as UTF-8.") from None
    except RecursionError:
        raise Malformed("The JSON is nested too deeply. Send a flatter object.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"The body is not valid JSON: {error.msg} at {where}.") from None
    except ValueError as error:
        raise Malformed(f"The body is not valid JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object: { … }.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(name): _storable(item) for name, item in value.items()}
    return value
