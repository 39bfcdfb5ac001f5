"""LangChain and LangGraph: `create_agent(…, middleware=[UnstuckMiddleware(unstuck)])`."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable, Optional

from langchain.agents.middleware import AgentMiddleware
from langchain_core.messages import ToolMessage
from langgraph.errors import GraphBubbleUp

from unstuck.adapters.tools import ToolWatch
from unstuck.client import Unstuck


class UnstuckMiddleware(AgentMiddleware[Any, Any]):
    """Reports each tool that fails and tells the model what to do."""

    def __init__(self, client: Unstuck) -> None:
        super().__init__()
        self._watch = ToolWatch(client)

    def wrap_tool_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Call the tool; an exception becomes an error message that the model reads."""
        name = request.tool_call["name"]
        try:
            result = handler(request)
        except GraphBubbleUp:
            raise  # an interrupt of the graph is no failure
        except Exception as error:
            text = self._watch.failed(name, error, approach=_approach(request))
            if text is None:
                raise
            return _message(request, text)
        self._watch.worked(name)
        return result

    async def awrap_tool_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """As `wrap_tool_call`, without blocking the event loop."""
        name = request.tool_call["name"]
        try:
            result = await handler(request)
        except GraphBubbleUp:
            raise
        except Exception as error:
            text: Optional[str] = await self._watch.failed_async(
                name, error, approach=_approach(request)
            )
            if text is None:
                raise
            return _message(request, text)
        await self._watch.worked_async(name)
        return result


def _message(request: Any, text: str) -> ToolMessage:
    call = request.tool_call
    return ToolMessage(text, tool_call_id=call["id"], name=call["name"], status="error")


def _approach(request: Any) -> str:
    return f"call {request.tool_call['name']} with {str(request.tool_call['args'])[:500]}"
