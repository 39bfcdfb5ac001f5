"""The OpenAPI document as lines and tables, for the page that shows it."""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Field:
    """One line of a table of fields."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True)
class ResponseLine:
    """One line of a table of responses. `shape` is the name of a shape, or empty."""

    status: str
    text: str
    kind: str
    shape: str


@dataclass(frozen=True)
class Shape:
    """One named schema."""

    name: str
    text: str
    fields: list[Field]


@dataclass(frozen=True)
class Entry:
    """One endpoint."""

    path: str
    method: str
    operation: dict[str, Any]
    parameters: list[Field]
    body: list[Field]
    responses: list[ResponseLine]

    def curl(self, base: str) -> str:
        """The call as one types it."""
        path = self.path
        for each in self.operation["parameters"]:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", quote(each["example"], safe=""))
        verb = "" if self.method == "get" else f"-X {self.method.upper()} "
        lines = [f"curl {verb}{base}{path}"]
        if self.operation.get("security") != []:
            lines.append('-H "Authorization: Bearer $TOKEN"')
        if "requestBody" in self.operation:
            ((media, content),) = self.operation["requestBody"]["content"].items()
            lines += _sent(media, content["example"])
        return " \\\n  ".join(lines)


def _sent(media: str, example: dict[str, Any]) -> list[str]:
    """How curl sends the body."""
    if media == "multipart/form-data":
        return [f"-F {name}=@build.log" for name in example]
    body = shlex.quote(json.dumps(example, indent=2, ensure_ascii=False))
    return [f"-H 'Content-Type: {media}'", f"-d {body}"]


def entries(document: dict[str, Any]) -> list[Entry]:
    """All endpoints of the document."""
    return [
        _entry(document["components"]["schemas"], path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def shapes(document: dict[str, Any]) -> list[Shape]:
    """All named schemas that have members, or that are one of several."""
    schemas = document["components"]["schemas"]
    return [
        Shape(name, schema.get("description", ""), _fields(schemas, schema))
        for name, schema in schemas.items()
        if "properties" in schema or "discriminator" in schema
    ]


def _entry(schemas: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Entry:
    media = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    return Entry(
        path,
        method,
        operation,
        parameters=[
            Field(each["name"], _kind(schemas, each["schema"]), False, each["description"])
            for each in operation["parameters"]
            if each["in"] != "path"
        ],
        body=[] if media is None else _fields(schemas, _resolved(schemas, media["schema"])),
        responses=[_response(schemas, *item) for item in operation["responses"].items()],
    )


def _response(schemas: dict[str, Any], status: str, response: dict[str, Any]) -> ResponseLine:
    content: dict[str, Any] = response.get("content", {})
    schema: dict[str, Any] = next((media["schema"] for media in content.values()), {})
    shape = _name(schema.get("items", schema))
    return ResponseLine(status, response["description"], _kind(schemas, schema), shape)


def _fields(schemas: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    if "discriminator" in schema:
        kinds = {kind: {"$ref": ref} for kind, ref in schema["discriminator"]["mapping"].items()}
        return [
            Field(kind, _name(ref), False, _resolved(schemas, ref)["description"])
            for kind, ref in kinds.items()
        ]
    required = schema.get("required", ())
    return [
        Field(name, _kind(schemas, field), name in required, field.get("description", ""))
        for name, field in schema["properties"].items()
    ]


def _kind(schemas: dict[str, Any], schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(schemas, kind) for kind in schema["anyOf"])
    found = _resolved(schemas, schema)
    if "enum" in found:
        return " | ".join(found["enum"])
    if found.get("type") == "array":
        return f"list of {_kind(schemas, found['items'])}"
    return _name(schema) or str(found.get("format") or found.get("type") or "anything")


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = _name(schema)
    found: dict[str, Any] = schemas[name] if name else schema
    return found


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
