"""What a call gives back, and how it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Response
from pydantic import BaseModel

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Answer:
    """A finished body with its status and headers."""

    body: bytes | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def response(self) -> Response:
        """The answer as Flask sends it. What an agent reads is never kept by a cache."""
        response = Response(self.body, self.status, content_type=self.content_type)
        response.headers.update({**NO_STORE, **self.headers})
        return response


def one(model: BaseModel, status: int = 200, **headers: str) -> Answer:
    """One object. An underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(model.model_dump_json(), status, named)


def many(models: Iterable[BaseModel], next_url: str | None = None) -> Answer:
    """A page of a list; `next_url` is where the following one is."""
    link = {} if next_url is None else {"Link": f'<{next_url}>; rel="next"'}
    return Answer(f"[{','.join(model.model_dump_json() for model in models)}]", 200, link)
