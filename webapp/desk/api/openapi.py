"""The OpenAPI 3.1 document, written from the declared endpoints and their models."""

from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from webapp.desk.api.endpoint import ENDPOINTS, Endpoint
from webapp.desk.api.error_responses import error_responses
from webapp.desk.api.schemas.enums import HOOK_AGENT
from webapp.desk.api.schemas.examples import add_examples
from webapp.desk.api.schemas.parts import HOOK_AGENTS, LONGEST_NAME
from webapp.desk.api.schemas.responses import AnsweredProblem, InvalidProblem, Problem

TAGS: Final = {
    "Errors": "Report failures and get what to do next.",
    "Escalations": "Questions to the founder.",
    "Decisions": "Answer or skip questions, wait for answers, and report whether they worked.",
    "Secrets": "Keys that a founder hands over: taken, acknowledged, then gone.",
    "Jobs": "Pieces of work of agents, and their event logs.",
    "Tokens": "What a token can do.",
    "Hooks": "Coding agents report and ask by their hooks.",
    "MCP": "The Model Context Protocol endpoint.",
    "This document": "This API reference, for people and for tools.",
}
_ABOUT: Final = """\
Unstuck is an inbox for the questions AI agents can't answer themselves.

Send your token as `Authorization: Bearer <token>`. A token belongs to projects and has a scope. \
With `agent`, it can report, ask, read, wait and send receipts. With `founder`, it can also \
answer, skip and resume.

A job id is any text of 1 to 255 characters. Escape it in URLs, slashes too (`%2F`). Unknown \
fields are ignored. Errors are RFC 9457 problems: `detail` says what went wrong and what to do next.
"""
_IDEMPOTENCY_KEY: Final[tuple[str, dict[str, Any]]] = (
    "A unique text of your own. Repeating the request with the same key is safe.",
    {"type": "string", "maxLength": LONGEST_NAME},
)
_TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token from the page Tokens of your Unstuck server. It works for its projects "
    "until it expires or is revoked.",
}
_REF: Final = "#/components/schemas/{model}"


class _Terse(GenerateJsonSchema):
    """Without the titles that only repeat the names of the fields."""

    def default_schema(self, schema: Any) -> dict[str, Any]:
        """Without `default: null`: what may be left out has none."""
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's hook
        return False


class _Fields(_Terse):
    """Of bodies. Without defaults: openapi-typescript takes a field that has one for always there,
    and so would make callers send it, and readers rely on it."""

    def default_schema(self, schema: Any) -> dict[str, Any]:
        made = super().default_schema(schema)
        made.pop("default", None)
        return made


@cache
def document() -> dict[str, Any]:
    """The document. Made once per process, on the first call: the endpoints do not change."""
    endpoints = sorted(ENDPOINTS, key=lambda declared: list(TAGS).index(declared.tag))
    paths: dict[str, dict[str, Any]] = {}
    for declared in endpoints:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Unstuck", "version": "1.0.0", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(endpoints),
            "securitySchemes": {"token": _TOKEN},
        },
    }


def _operation(declared: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": declared.operation_id,
        "tags": [declared.tag],
        "summary": declared.summary,
        "description": declared.description,
        "parameters": [*_path_parameters(declared), *_query(declared), *_headers(declared)],
        "responses": {
            str(status): _success(declared, text, model)
            for status, (text, model) in declared.responses.items()
        }
        | error_responses(declared),
    }
    if declared.body is not None:
        operation["requestBody"] = {
            "required": not declared.body_optional,
            "content": {"application/json": _media(declared.body, example_of(declared.body))},
        }
    if declared.upload is not None:
        content = {"multipart/form-data": _media(declared.upload, example_of(declared.upload))}
        operation["requestBody"] = {"required": True, "content": content}
    if declared.public:
        operation["security"] = []
    return operation


def _path_parameters(declared: Endpoint) -> list[dict[str, Any]]:
    schemas = {
        "job_id": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
        "escalation_id": {"type": "string", "format": "uuid"},
        "attachment_id": {"type": "string", "format": "uuid"},
        "agent": {"$ref": _REF.format(model="HookAgent")},
        "ref": {"type": "string", "minLength": 1, "maxLength": 40},
    }
    texts = {
        "job_id": "The agent's own id of the job. Escape slashes as %2F.",
        "escalation_id": "The UUID of the question.",
        "attachment_id": "The UUID of the file, as its question names it.",
        "agent": "Which agent's hooks they are.",
        "ref": "The ref of the secret, as the answer names it.",
    }
    examples = {
        "job_id": "build-1",
        "escalation_id": "1b4e28ba-2fa1-4d1d-883f-0016d3cca427",
        "attachment_id": "6fa459ea-ee8a-4ca4-894e-db77e160355e",
        "agent": HOOK_AGENTS[0],
        "ref": "sec_4fK0bW2mVxQ7hJc9sLtY1dRa",
    }
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": texts[name],
            "schema": schema,
            "example": examples[name],
        }
        for name, schema in schemas.items()
        if f"{{{name}}}" in declared.path
    ]


def _query_schema(query: type[BaseModel]) -> dict[str, Any]:
    return query.model_json_schema(schema_generator=_Terse, ref_template=_REF)


def _query(declared: Endpoint) -> list[dict[str, Any]]:
    if declared.query is None:
        return []
    fields = _query_schema(declared.query)["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.pop("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in fields.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is there or not there; it is never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    return kinds[0] if kinds else schema


def _headers(declared: Endpoint) -> list[dict[str, Any]]:
    key = {"Idempotency-Key": _IDEMPOTENCY_KEY} if declared.takes_key else {}
    return [
        {"name": name, "in": "header", "required": False, "description": text, "schema": schema}
        for name, (text, schema) in (declared.headers | key).items()
    ]


def _success(declared: Endpoint, text: str, model: Any) -> dict[str, Any]:
    response: dict[str, Any] = {"description": text}
    content = {media: _media(model) for media in declared.media if media == "application/json"}
    content |= {media: _text_or_bytes(media) for media in declared.media[len(content) :]}
    if model is not None or not declared.responses.keys() & {202, 204}:
        response["content"] = content
    if declared.method == "POST" and 201 in declared.responses:
        response["headers"] = {"Location": _header("The address of what was created.")}
    if declared.query is not None and "cursor" in declared.query.model_fields:
        response["headers"] = {"Link": _header("The next page, with rel=next, if there is one.")}
    return response


def _text_or_bytes(media: str) -> dict[str, Any]:
    """The schema of content that is no JSON."""
    is_text = media.startswith("text/")
    return {"schema": {"type": "string"} | ({} if is_text else {"format": "binary"})}


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


def _media(model: Any, example: Any = None) -> dict[str, Any]:
    """The schema of a model, of a list of models, or of any object."""
    items = get_args(model)
    if items:
        schema: dict[str, Any] = {"type": "array", "items": _ref(items[0])}
    else:
        schema = {"type": "object"} if model is None else _ref(model)
    return {"schema": schema} | ({} if example is None else {"example": example})


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """An object made of the examples of the model's fields."""
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}


def _schemas(endpoints: list[Endpoint]) -> dict[str, Any]:
    shapes: dict[type[BaseModel], JsonSchemaMode] = dict.fromkeys(
        (Problem, InvalidProblem, AnsweredProblem), "serialization"
    )
    for declared in endpoints:
        if declared.body is not None:
            shapes[declared.body] = "validation"
        if declared.upload is not None:
            shapes[declared.upload] = "validation"
        for _, model in declared.responses.values():
            if model is not None:
                shapes[(get_args(model) or (model,))[0]] = "serialization"
    _, found = models_json_schema(list(shapes.items()), ref_template=_REF, schema_generator=_Fields)
    schemas: dict[str, Any] = found["$defs"]
    for declared in endpoints:  # the closed lists that only parameters have
        if declared.query is not None:
            schemas = _query_schema(declared.query).get("$defs", {}) | schemas
    schemas["HookAgent"] = HOOK_AGENT
    add_examples(schemas)
    return schemas
