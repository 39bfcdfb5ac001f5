"""The messages of JSON-RPC 2.0, and the errors that MCP adds to it."""

from typing import Any, Final, Literal

from pydantic import Field, StrictInt, StrictStr

from webapp.desk.api.schemas.parts import RequestModel, ResponseModel

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
HEADER_MISMATCH: Final = -32020
UNSUPPORTED_VERSION: Final = -32022


def _is_none(value: object) -> bool:
    return value is None


class Message(RequestModel):
    """A request, or without an id a notification."""

    jsonrpc: Literal["2.0"] = Field(description="The version of JSON-RPC.", examples=["2.0"])
    id: StrictStr | StrictInt | None = Field(
        default=None, description="The caller's own; comes back with the answer.", examples=[1]
    )
    method: StrictStr = Field(description="What is asked for.", examples=["tools/list"])
    params: dict[str, Any] | None = Field(default=None, description="What the method takes.")

    @property
    def meta(self) -> dict[str, Any]:
        """What the caller says about the request itself."""
        found = (self.params or {}).get("_meta")
        return found if isinstance(found, dict) else {}

    @property
    def is_notification(self) -> bool:
        """Whether nobody waits for an answer."""
        return self.id is None


class RpcProblem(ResponseModel):
    """What is wrong with a message."""

    code: int = Field(description="A code of JSON-RPC or MCP.")
    message: str = Field(description="A sentence that says what to do.")
    data: dict[str, Any] | None = Field(
        default=None, exclude_if=_is_none, description="More about it, where there is more."
    )


class Reply(ResponseModel):
    """The answer to a request: a result or an error."""

    jsonrpc: Literal["2.0"] = Field(default="2.0", description="The version of JSON-RPC.")
    id: str | int | None = Field(default=None, description="That of the request.")
    result: dict[str, Any] | None = Field(
        default=None, exclude_if=_is_none, description="What was asked for."
    )
    error: RpcProblem | None = Field(
        default=None, exclude_if=_is_none, description="Why there is no result."
    )


class RpcError(Exception):
    """A message that cannot be answered. `status` is that of HTTP."""

    def __init__(
        self, code: int, message: str, *, status: int = 400, data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = RpcProblem(code=code, message=message, data=data)
