"""Everything in the OpenAPI document is described, and errors have titles for programs."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask.testing import FlaskClient

from webapp.desk.api.openapi import document


def fields(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every schema in the document, with where it is."""
    if isinstance(node, list):
        for each in node:
            yield from fields(each, path)
    elif isinstance(node, dict):
        properties = node.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            yield f"{path}.{name}", schema
        for name, value in node.items():
            if name not in ("example", "examples"):
                yield from fields(value, f"{path}/{name}")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_field_of_every_schema_has_a_description() -> None:
    found = list(fields(document()["components"]["schemas"]))
    assert len(found) > 100
    assert [where for where, schema in found if not schema.get("description")] == []


def test_every_endpoint_parameter_and_response_has_a_description() -> None:
    for name, operation in operations():
        assert operation["summary"], name
        assert operation["description"], name
        described = [*operation.get("parameters", []), *operation["responses"].values()]
        assert all(each.get("description") for each in described), name


def test_the_title_of_an_error_is_the_phrase_of_its_status(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for status, found in (
        (401, client.get("/api/token")),
        (404, client.get("/api/escalations/unknown", headers=agent)),
        (405, client.delete("/api/token", headers=agent)),
        (422, client.get("/api/escalations?limit=x", headers=agent)),
    ):
        assert found.status_code == status
        assert found.json["title"] == HTTPStatus(status).phrase
    for _name, operation in operations():
        for status, response in operation["responses"].items():
            example = response.get("content", {}).get("application/problem+json", {})
            if example:
                assert example["example"]["title"] == HTTPStatus(int(status)).phrase
