"""What generators of clients read out of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

from tests.api.test_api_errors import REPORT, URL
from webapp.desk.api.openapi import document


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
