"""What generators of clients read out of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from tests.api.test_api_errors import REPORT, URL
from webapp.desk.api.openapi import document
from webapp.desk.api.schemas.examples import has_example
from webapp.events.kinds import Kind
from webapp.live.catch_up import PRUNED


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas(each)


def test_no_field_has_a_default() -> None:
    """FIELD: openapi-typescript made 32 optional fields required. So it does with any default."""
    described = document()["components"]["schemas"]
    assert not [each for each in schemas(described) if "default" in each]
    report = described["ErrorReport"]
    assert set(report["required"]) == {"session_id", "error_type", "error_message"}


def test_an_approach_is_kept_to_two_kilobytes_and_a_verdict_to_eight(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    """FIELD: twelve approaches of 100 kB made verdicts of 1.2 MB."""
    for number in range(12):
        long = REPORT | {"approach": f"{number} " + "ä" * 50_000, "category": "code_error"}
        answer = client.post(URL, json=long, headers=agent)
        assert answer.status_code == 200
    tried = [each.encode() for each in answer.json["approaches_tried"]]
    assert tried
    assert tried[-1].startswith(b"11 ")
    assert max(map(len, tried)) <= 2_000
    assert sum(map(len, tried)) <= 8_192
    assert len(answer.data) < 40_000


def test_every_closed_list_has_a_name() -> None:
    """FIELD: generators made up a name for each place where a list stood."""
    named = document()["components"]["schemas"]
    lists = [each for each in schemas(document()) if "enum" in each]
    assert lists
    for each in lists:
        assert any(each is schema for schema in named.values()), each["enum"]
        assert each["description"]


def test_every_field_has_a_description_and_an_example() -> None:
    for name, schema in document()["components"]["schemas"].items():
        assert schema["description"], name
        for field, told in schema.get("properties", {}).items():
            assert told.get("description"), f"{name}.{field}"
            assert has_example(told), f"{name}.{field}"


def test_every_example_fits_its_field() -> None:
    described = document()["components"]["schemas"]
    checked = 0
    for name, schema in described.items():
        for field, told in schema.get("properties", {}).items():
            check = Draft202012Validator(told | {"components": {"schemas": described}})
            for example in told.get("examples", ()):
                checked += 1
                faults = [fault.message for fault in check.iter_errors(example)]
                assert not faults, f"{name}.{field}: {faults}"
    assert checked > 200


def test_every_kind_of_event_has_a_schema() -> None:
    described = document()["components"]["schemas"]
    kinds = described["Event"]["discriminator"]["mapping"]
    assert set(kinds) == {kind.value for kind in Kind} | {PRUNED}
    for kind, ref in kinds.items():
        schema = described[ref.rpartition("/")[2]]
        assert schema["properties"]["type"]["const"] == kind


def test_every_parameter_has_a_description() -> None:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            for parameter in operation["parameters"]:
                assert parameter.get("description"), f"{method} {path}: {parameter['name']}"


def test_another_method_is_405_and_documented(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.delete(URL, headers=agent)
    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    for methods in document()["paths"].values():
        assert all("405" in operation["responses"] for operation in methods.values())
