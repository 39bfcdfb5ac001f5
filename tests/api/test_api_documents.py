"""GET /api/openapi.json and GET /api/docs"""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from questions import QUESTION, Ask

from tests.conftest import Cast
from webapp.desk.api.endpoint import ENDPOINTS

FAILED = {
    "session_id": "s1",
    "project_id": "shop",
    "error_type": "KeyError",
    "error_message": "KeyError: STRIPE_API_KEY",
}
CALLED = {"project_id": "shop", "callback": {"url": "https://hooks.example.com"}}

STABLE = {
    "report_error",
    "heal_error",
    "create_escalation",
    "list_job_escalations",
    "list_escalations",
    "get_escalation",
    "resolve_escalation",
    "skip_escalation",
    "withdraw_escalation",
    "send_receipt",
    "get_decision",
    "get_decisions",
    "update_job",
    "get_job",
    "resume_job",
    "get_events",
    "post_mcp",
    "get_openapi",
    "get_docs",
}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return dict(answer.json or {})


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for methods in document["paths"].values() for each in methods.values()]


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    errors = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
    assert errors == []


def test_every_failure_is_a_problem_with_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                media = answer["content"]["application/problem+json"]
                assert media["schema"]["$ref"].endswith("Problem")
                assert media["example"]["status"] == int(status)


@pytest.mark.parametrize(
    ("operation", "method", "path", "body"),
    [
        ("send_message", "POST", "/api/escalations/{question}/messages", {"text": "Yes."}),
        ("withdraw_escalation", "POST", "/api/escalations/{question}/withdraw", {}),
        ("send_receipt", "POST", "/api/escalations/{answered}/receipt", {"stage": "worked"}),
        ("update_job", "PUT", "/api/jobs/build-1", {"summary": "Done."}),
        ("report_error", "POST", "/api/jobs/build-1/errors", FAILED | CALLED),
        ("create_escalation", "POST", "/api/jobs/build-1/escalations", QUESTION | CALLED),
    ],
)
def test_where_another_agents_token_is_refused_403_is_declared(
    client: FlaskClient,
    document: dict[str, Any],
    ask: Ask,
    cast: Cast,
    founder: dict[str, str],
    operation: str,
    method: str,
    path: str,
    body: dict[str, Any],
) -> None:
    question = ask()["id"]
    answered = ask(error_signature="own-answered")["id"]
    client.post(f"/api/escalations/{answered}/skip", json={}, headers=founder)
    url = path.format(question=question, answered=answered)
    refused = client.open(url, method=method, json=body, headers=cast.token("shop"))
    assert (refused.status_code, refused.json["type"]) == (403, "urn:unstuck:forbidden")
    (declared,) = (
        each
        for methods in document["paths"].values()
        for each in methods.values()
        if isinstance(each, dict) and each.get("operationId") == operation
    )
    said = declared["responses"]["403"]
    assert "Another token opened" in said["description"]
    example = said["content"]["application/problem+json"]["example"]
    assert example["detail"].startswith("Another token opened")


def test_only_what_is_public_needs_no_token(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    free = {each["operationId"] for each in operations(document) if each.get("security") == []}
    assert free == {"get_openapi", "get_docs"}


def test_every_operation_has_a_stable_name_that_begins_with_a_verb(
    document: dict[str, Any],
) -> None:
    """Generated clients name their functions after these: changing one breaks their callers."""
    names = [each["operationId"] for each in operations(document)]
    assert len(names) == len(set(names))
    assert set(names) >= STABLE
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name


def test_the_example_of_every_body_is_taken(
    client: FlaskClient, founder: dict[str, str], document: dict[str, Any]
) -> None:
    """What one copies from the documentation works: no 4xx that speaks of the content."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" not in operation:
                continue
            ((media, content),) = operation["requestBody"]["content"].items()
            sent: dict[str, Any] = {"json": content["example"]}
            if media == "multipart/form-data":
                file = io.BytesIO(content["example"]["file"].encode())
                sent = {"data": {"file": (file, "build.log")}}
            url = path.format(
                job_id="build-1",
                escalation_id="1b4e28ba-2fa1-4d1d-883f-0016d3cca427",
                agent="cursor",
                ref="sec_never-made",
            )
            answer = client.open(url, method=method.upper(), headers=founder, **sent)
            assert answer.status_code in (200, 201, 404, 409), (url, answer.text)


def test_the_page_shows_every_call_with_an_example(client: FlaskClient) -> None:
    answer = client.get("/api/docs")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    for endpoint in ENDPOINTS:
        assert f'id="{endpoint.operation_id}"' in answer.text
    assert answer.text.count("<code>curl ") == len(ENDPOINTS)
    assert "http://localhost/api/jobs/build-1/errors" in answer.text


def test_the_page_is_whole_without_scripts_and_foreign_hosts(client: FlaskClient) -> None:
    html = client.get("/api/docs").text
    inside = html[html.index("<main") :]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", inside)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_every_link_within_the_page_leads_somewhere(client: FlaskClient) -> None:
    html = client.get("/api/docs").text
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert len(targets) > len(ENDPOINTS)
    assert targets <= set(re.findall(r'\sid="([^"]+)"', html))
