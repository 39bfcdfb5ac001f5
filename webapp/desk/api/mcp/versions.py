"""The two eras of the protocol. Since 2026-07-28 each request says its version; before, a
handshake agreed on one."""

import base64
import binascii
from typing import Any, Final

from flask import request

from webapp.desk.api.mcp.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    Message,
    RpcError,
)
from webapp.version import VERSION

MODERN: Final = ("2026-07-28",)
LEGACY: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
_PREFIX: Final = "io.modelcontextprotocol"
VERSION_KEY: Final = f"{_PREFIX}/protocolVersion"
CAPABILITIES_KEY: Final = f"{_PREFIX}/clientCapabilities"
SERVER_KEY: Final = f"{_PREFIX}/serverInfo"

_LIST_GOOD_FOR_MS: Final = 3_600_000
_INSTRUCTIONS: Final = (
    "Unstuck asks a person, the founder, what you can't solve yourself. Report each failure with "
    "report_failure and follow its verdict. Ask with ask_founder, in plain words and with options. "
    "While an answer is pending, do work that does not depend on it. Say with report_outcome "
    "whether the answer worked. Never put secrets into a question: its "
    "argument secrets asks for keys."
)


def is_modern(message: Message) -> bool:
    """Whether the message is of 2026-07-28 or later: it says so itself or in its header."""
    header = request.headers.get("MCP-Protocol-Version")
    named = VERSION_KEY in message.meta or message.method == "server/discover"
    return named or header in MODERN


def check(message: Message) -> bool:
    """Whether the message is modern; RpcError where its version is not served, or where body and
    headers differ."""
    if not is_modern(message):
        header = request.headers.get("MCP-Protocol-Version")
        if header is not None and header not in LEGACY:
            raise _unsupported(header)
        return False
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in message.meta]
    if missing:
        raise RpcError(INVALID_PARAMS, f"Add to params._meta: {', '.join(missing)}.")
    named = message.meta[VERSION_KEY]
    _check_headers(message, named)
    if named not in MODERN:
        raise _unsupported(named)
    return True


def _check_headers(message: Message, named: Any) -> None:
    expected = {"MCP-Protocol-Version": named, "Mcp-Method": message.method}
    if message.method == "tools/call":
        expected["Mcp-Name"] = (message.params or {}).get("name")
    for header, value in expected.items():
        if value is not None and _decoded(request.headers.get(header)) != value:
            raise RpcError(
                HEADER_MISMATCH, f"Send the header {header} with the same value as in the body."
            )


def _decoded(value: str | None) -> str | None:
    """A header's text, which stands in base64 where it has other characters than a header may."""
    if value is None or not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unsupported(named: str) -> RpcError:
    served = [*MODERN, *LEGACY] if named not in LEGACY else [*MODERN]
    return RpcError(
        UNSUPPORTED_VERSION,
        f"This server does not speak version {named[:40]}. Use one of: {', '.join(served)}.",
        data={"supported": served, "requested": named},
    )


def _server() -> dict[str, str]:
    return {"name": "unstuck", "title": "Unstuck", "version": VERSION}


def initialized(params: dict[str, Any]) -> dict[str, Any]:
    """The answer to `initialize`: the version that was asked for, or the latest of that era."""
    wanted = params.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in LEGACY else LEGACY[0],
        "capabilities": {"tools": {}},
        "serverInfo": _server(),
        "instructions": _INSTRUCTIONS,
    }


def discovered() -> dict[str, Any]:
    """The answer to `server/discover`."""
    return {
        "supportedVersions": [*MODERN, *LEGACY],
        "capabilities": {"tools": {}},
        "instructions": _INSTRUCTIONS,
    } | good_for_a_while()


def good_for_a_while() -> dict[str, Any]:
    """The members of a modern list that say for how long, and for whom, it may be kept."""
    return {"ttlMs": _LIST_GOOD_FOR_MS, "cacheScope": "public"}


def modern(result: dict[str, Any]) -> dict[str, Any]:
    """A result as it is written since 2026-07-28."""
    return {"resultType": "complete", "_meta": {SERVER_KEY: _server()}} | result
