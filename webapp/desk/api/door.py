"""The JSON door: each call is declared once, and that declaration is both its route and its entry
in the OpenAPI document.

What a call does around its function: the bearer token becomes the actor, query and body are read
into their Pydantic models, and what the function returns becomes the answer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Blueprint, Response
from pydantic import BaseModel

from webapp.accounts.access import token_actor
from webapp.desk.api import reading
from webapp.desk.api.answering import Answer
from webapp.desk.api.schemas.answers import Escalation
from webapp.operations.answers import AlreadyAnswered

Method = Literal["GET", "POST", "PUT"]
Function = Callable[..., Answer]
FunctionT = TypeVar("FunctionT", bound=Function)


@dataclass(frozen=True)
class Call:
    """One call: where it is, what it takes and gives. `path` names its parameters as OpenAPI does.

    `answers` maps each status of success to a sentence and a model (or None); `errors` maps the
    statuses of failure that are particular to the call to the reason; `headers` maps each header
    that the call reads to a sentence and its schema. `function` is None where
    another blueprint serves the call and this one only documents it.
    """

    method: Method
    path: str
    summary: str
    tag: str
    answers: dict[int, tuple[str, Any]]
    description: str = ""
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_optional: bool = False
    takes_key: bool = False
    headers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    public: bool = False
    founder_only: bool = False
    media: tuple[str, ...] = ("application/json",)
    errors: dict[int, str] = field(default_factory=dict)
    function: Function | None = None

    @property
    def name(self) -> str:
        """The call's name in code and in OpenAPI: its function's, or one made from the path."""
        if self.function is not None:
            return self.function.__name__
        last = self.path.rsplit("/", 1)[-1]
        return f"{self.method.lower()}_{last}"


CALLS: list[Call] = []
"""All calls, in the order in which the documentation shows them."""


def call(method: Method, path: str, **what: Any) -> Callable[[FunctionT], FunctionT]:
    """Declare the decorated function as a call of the JSON door."""

    def declare(function: FunctionT) -> FunctionT:
        description = " ".join((function.__doc__ or "").split())
        CALLS.append(Call(method, path, description=description, function=function, **what))
        return function

    return declare


def register(blueprint: Blueprint) -> None:
    """Add the route of every declared call to the blueprint."""
    for declared in CALLS:
        if declared.function is not None:
            blueprint.add_url_rule(
                _rule(declared.path),
                endpoint=f"api_{declared.name}",
                view_func=_view(declared, declared.function),
                methods=[declared.method],
            )


def _rule(path: str) -> str:
    """The path as Flask writes it. Where the job id ends the address it is the whole of it."""
    path = re.sub(r"{job_id}$", "<whole_job_id:job_id>", path)
    return path.replace("{job_id}", "<job_id:job_id>").replace("{escalation_id}", "<escalation_id>")


def _view(declared: Call, function: Function) -> Callable[..., Response]:
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
            return function(**arguments).response()
        except AlreadyAnswered as error:
            stored = Escalation.model_validate(error.escalation)
            error.extra["escalation"] = stored.model_dump(mode="json")
            raise

    return view
