"""The error responses of an endpoint, as the OpenAPI document lists them."""

from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel

from webapp import errors
from webapp.desk.api.endpoint import Endpoint
from webapp.desk.api.schemas.responses import AnsweredProblem, InvalidProblem, Problem

OTHERS_QUESTION: Final = {
    403: "Another token opened the job of this question. Use that token, one that replaces it, or "
    "one with the scope founder."
}
OTHERS_JOB: Final = {
    403: "Another token opened this job, so `summary`, `result_url` and `preview` aren't yours to "
    "set."
}
OTHERS_CALLBACK: Final = {403: "Another token opened this job, so `callback` isn't yours to set."}

_TEXTS: Final = {
    400: "The host name isn't one of this server's, or the body isn't a JSON object.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "The token's scope is agent. This endpoint needs a token with the scope founder.",
    404: "Not found, or in a project that the token has no access to.",
    405: "The endpoint doesn't support this method. The header `Allow` lists the methods.",
    413: "The body is larger than 2 MB.",
    415: "The content type isn't application/json.",
    422: "The request failed validation. `errors` lists each field with what to correct.",
    429: "Too many requests. `Retry-After` says how many seconds to wait.",
    503: "The database doesn't answer, or the server is too busy. Repeat the request after the "
    "seconds in `Retry-After`.",
}

_EXAMPLES: Final = {
    405: (
        "method-not-allowed",
        "This endpoint doesn't support the method. See /api/docs for the endpoints "
        "and their methods.",
    ),
    400: (
        "malformed-json",
        "The body is not valid JSON: Expecting value at line 1, column 8.",
    ),
    401: (
        "unauthorized",
        "Send your token in the header: Authorization: Bearer <token>.",
    ),
    403: (
        "forbidden",
        "build-agent can't answer this question. Ask someone who can answer in the "
        "project, or use a token with the scope founder.",
    ),
    409: (
        "already-answered",
        "Anna answered this question at 2026-03-03T09:30:00.000Z: skip_feature.",
    ),
    413: (
        "request-entity-too-large",
        "The request is larger than 2 MB. Send only the important part.",
    ),
    415: (
        "unsupported-media-type",
        "Send the body as JSON, with the header Content-Type: application/json.",
    ),
    429: (
        "too-many-requests",
        "Too many attempts. Wait 21 seconds, then try again.",
    ),
    422: (
        "invalid",
        "Correct this and send it again: session_id is missing: add it.",
    ),
    503: (
        "unavailable",
        "The database doesn't answer right now. Try again in a few seconds.",
    ),
}
"""Of each status: code and detail."""


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
    if declared.body is not None or declared.upload is not None:
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
    if text in (OTHERS_QUESTION[403], OTHERS_JOB[403], OTHERS_CALLBACK[403]):
        known = ("forbidden", errors.OTHERS_JOB if text == OTHERS_JOB[403] else errors.OTHERS)
    if status == 409 and "answered" not in text:
        known = ("conflict", text)
    code, detail = known or ("not-found", text)
    title = HTTPStatus(status).phrase
    problem = {"type": f"urn:unstuck:{code}", "title": title, "status": status, "detail": detail}
    if status == 422:
        return problem | {"errors": [{"field": "session_id", "message": "is missing: add it"}]}
    return problem
