"""The error responses of an endpoint, as the OpenAPI document lists them."""

from typing import Any, Final

from pydantic import BaseModel

from webapp.desk.api.endpoint import Endpoint
from webapp.desk.api.schemas.responses import AnsweredProblem, InvalidProblem, Problem

_TEXTS: Final = {
    400: "The call came under a name that is not this desk's, or its body is not a JSON object.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "The token's scope is agent; this takes a founder.",
    404: "There is no such thing, or it belongs to a project that the token may not see.",
    405: "The address takes another method: the header `Allow` says which.",
    413: "The body is larger than 2 MB.",
    415: "The body is not sent as application/json.",
    422: "Some of the content cannot be taken: `errors` says which field and what to do.",
    429: "Too many calls without a good token from there; `Retry-After` says how long to wait.",
    503: "The database doesn't answer, or the server is too busy. Repeat the request after the "
    "seconds in `Retry-After`.",
}

_EXAMPLES: Final = {
    405: (
        "method-not-allowed",
        "Method Not Allowed",
        "The address takes another method: the header Allow says which.",
    ),
    400: (
        "malformed-json",
        "That is not JSON",
        "The body is not valid JSON: Expecting value at line 1, column 8.",
    ),
    401: (
        "unauthorized",
        "Please sign in",
        "Send your token in the header: Authorization: Bearer <token>.",
    ),
    403: (
        "forbidden",
        "That is not yours to do",
        "build-agent may not answer this question. Ask a founder of the project, or use a token "
        "with the scope founder.",
    ),
    409: (
        "already-answered",
        "Already answered",
        "This question was already answered by Anna at 2026-03-03T09:30:00.000Z: skip_feature.",
    ),
    413: (
        "request-entity-too-large",
        "Request Entity Too Large",
        "That is too large: a request may have at most 2 MB. Send the important part only.",
    ),
    415: (
        "unsupported-media-type",
        "Send JSON",
        "Send the body as JSON, with the header Content-Type: application/json.",
    ),
    429: (
        "too-many-requests",
        "One moment, please",
        "That was tried too often. Wait 21 seconds, then try again.",
    ),
    422: (
        "invalid",
        "Some of that needs another look",
        "Correct this and send it again: session_id is missing: add it.",
    ),
    503: (
        "unavailable",
        "Not available right now",
        "The database doesn't answer right now. Try again in a few seconds.",
    ),
}
"""Of each status: code, title and detail."""


def error_responses(declared: Endpoint) -> dict[str, Any]:
    """Each failing status of the endpoint, with its problem."""
    texts = {status: _TEXTS[status] for status in _statuses(declared)} | declared.errors
    return {
        str(status): _error_response(status, text, declared)
        for status, text in sorted(texts.items())
    }


def _statuses(declared: Endpoint) -> set[int]:
    statuses: set[int] = {400, 405, 429, 503}
    if not declared.public:
        statuses |= {401, 404}
    if declared.founder_only:
        statuses |= {403}
    if declared.body is not None:
        statuses |= {413, 415, 422}
    if declared.query is not None or "{job_id}" in declared.path:
        statuses |= {422}
    return statuses


def _error_response(status: int, text: str, declared: Endpoint) -> dict[str, Any]:
    model: type[BaseModel] = Problem
    if status == 422:
        model = InvalidProblem
    if status == 409 and "{escalation_id}" in declared.path:
        model = AnsweredProblem
    content = {
        "application/problem+json": {
            "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
            "example": _example(status, text),
        }
    }
    if declared.error_body is not None and status in (400, 404):
        own = {"$ref": f"#/components/schemas/{declared.error_body.__name__}"}
        content["application/json"] = {"schema": own}
    response: dict[str, Any] = {"description": text, "content": content}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 405:
        response["headers"] = {"Allow": {"schema": {"type": "string"}}}
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return response


def _example(status: int, text: str) -> dict[str, Any]:
    known = _EXAMPLES.get(status)
    if status == 409 and "answered" not in text:
        known = ("conflict", "That has changed meanwhile", text)
    code, title, detail = known or ("not-found", "Nothing here", text)
    problem = {"type": f"urn:unstuck:{code}", "title": title, "status": status, "detail": detail}
    if status == 422:
        return problem | {"errors": [{"field": "session_id", "message": "is missing: add it"}]}
    return problem
