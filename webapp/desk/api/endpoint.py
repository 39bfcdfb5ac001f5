"""The JSON API: each endpoint is declared once, and that declaration is both its route and its
entry in the OpenAPI document.

Around its function an endpoint turns the bearer token into the actor, reads query and body into
their Pydantic models, and sends what the function returns as the response.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Blueprint, Response
from pydantic import BaseModel

from webapp.accounts.access import token_actor
from webapp.desk.api import reading, shown
from webapp.desk.api.response import ApiResponse
from webapp.operations.answers import AlreadyAnswered, Changed

Method = Literal["GET", "POST", "PUT"]
Function = Callable[..., ApiResponse]
FunctionT = TypeVar("FunctionT", bound=Function)


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its address, what it takes and gives. `path` names its parameters as OpenAPI
    does. Generated clients name their functions after `operation_id`: it never changes.

    `responses` maps each status of success to a sentence and a model (or None); `errors` maps the
    statuses of failure that are particular to the endpoint to the reason; `headers` maps each
    header that the endpoint reads to a sentence and its schema. `error_body` is the model of 400
    and 404 where these may come in a form of their own. `upload` is the model of a body of
    multipart/form-data, which the function reads itself. `function` is None where another
    blueprint serves the endpoint and this one only documents it.
    """

    method: Method
    path: str
    operation_id: str
    summary: str
    tag: str
    responses: dict[int, tuple[str, Any]]
    description: str = ""
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_optional: bool = False
    upload: type[BaseModel] | None = None
    takes_key: bool = False
    headers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    public: bool = False
    founder_only: bool = False
    media: tuple[str, ...] = ("application/json",)
    errors: dict[int, str] = field(default_factory=dict)
    error_body: type[BaseModel] | None = None
    function: Function | None = None


ENDPOINTS: list[Endpoint] = []
"""All endpoints, in the order in which the documentation shows them."""


def endpoint(method: Method, path: str, **what: Any) -> Callable[[FunctionT], FunctionT]:
    """Declare the decorated function as an endpoint of the JSON API."""

    def declare(function: FunctionT) -> FunctionT:
        description = " ".join((function.__doc__ or "").split())
        ENDPOINTS.append(Endpoint(method, path, description=description, function=function, **what))
        return function

    return declare


def register(blueprint: Blueprint) -> None:
    """Add the route of every declared endpoint to the blueprint."""
    for declared in ENDPOINTS:
        if declared.function is not None:
            blueprint.add_url_rule(
                _rule(declared.path),
                endpoint=f"api_{declared.operation_id}",
                view_func=_view(declared, declared.function),
                methods=[declared.method],
            )


def _rule(path: str) -> str:
    """The path as Flask writes it. Where the job id ends the address it is the whole of it."""
    path = re.sub(r"{job_id}$", "<whole_job_id:job_id>", path)
    path = path.replace("{job_id}", "<job_id:job_id>")
    return re.sub(r"{(escalation_id|attachment_id|agent|ref)}", r"<\1>", path)


def _view(declared: Endpoint, function: Function) -> Callable[..., Response]:
    @wraps(function)
    def view(**path: str) -> Response:
        arguments: dict[str, Any] = reading.path(path)
        if not declared.public:
            arguments["by"] = token_actor()
        if declared.query is not None:
            arguments["query"] = reading.query(declared.query)
        if declared.body is not None:
            arguments["body"] = reading.body(declared.body, optional=declared.body_optional)
        if declared.takes_key:
            arguments["key"] = reading.idempotency_key()
        try:
            return function(**arguments).as_flask()
        except (AlreadyAnswered, Changed) as error:
            stored = shown.question(error.escalation, arguments["by"])
            error.extra["escalation"] = stored.model_dump(mode="json")
            raise

    return view
