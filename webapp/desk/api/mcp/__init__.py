"""The MCP endpoint: what agents do over the JSON API, as four tools for any MCP client.

Stateless: each message is answered by itself, in any process. arguments.py says what the tools take
and give, tools.py what they do, versions.py how the two eras of the protocol differ, serving.py
how a message is answered.
"""

from flask import Blueprint

from webapp.desk.api.endpoint import ENDPOINTS, Endpoint
from webapp.desk.api.mcp.messages import Message, Reply
from webapp.desk.api.mcp.serving import serve

ENDPOINTS.append(
    Endpoint(
        "POST",
        "/api/mcp",
        operation_id="post_mcp",
        tag="MCP",
        summary="Send an MCP message",
        description="One JSON-RPC message: `server/discover`, `initialize`, `ping`, `tools/list` "
        "or `tools/call`. `tools/list` describes the tools. A `tools/call` with a `progressToken` "
        "is answered as a stream with a sign of life every 15 seconds.",
        body=Message,
        responses={
            200: ("The result, or a JSON-RPC error in older protocol versions.", Reply),
            202: ("Accepted: notifications have no response body.", None),
        },
        media=("application/json", "text/event-stream"),
        errors={
            400: "The message isn't valid JSON-RPC, or the protocol version isn't supported.",
            403: "The request comes from a page of another site.",
            404: "Method not found.",
        },
        error_body=Reply,
    )
)


def register(blueprint: Blueprint) -> None:
    """Put the endpoint on the blueprint."""
    blueprint.add_url_rule("/api/mcp", endpoint="api_mcp", view_func=serve, methods=["POST"])
