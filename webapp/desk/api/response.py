"""The response of an endpoint, and how it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Response
from pydantic import BaseModel

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class ApiResponse:
    """A finished body with its status and headers."""

    body: bytes | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def as_flask(self) -> Response:
        """The response as Flask sends it. What an agent reads is never kept by a cache."""
        response = Response(self.body, self.status, content_type=self.content_type)
        response.headers.update({**NO_STORE, **self.headers})
        return response


def one(model: BaseModel, status: int = 200, **headers: str) -> ApiResponse:
    """One object. An underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(model.model_dump_json(), status, named)


def many(models: Iterable[BaseModel], next_url: str | None = None) -> ApiResponse:
    """A page of a list; `next_url` is where the following one is."""
    return page_of((model.model_dump_json() for model in models), next_url)


def page_of(texts: Iterable[str], next_url: str | None = None) -> ApiResponse:
    """As `many`, of objects that are written as JSON already."""
    link = {} if next_url is None else {"Link": f'<{next_url}>; rel="next"'}
    return ApiResponse(f"[{','.join(texts)}]", 200, link)
