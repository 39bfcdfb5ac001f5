"""Pydantic AI: `Agent(…, capabilities=[unstuck_hooks(unstuck)])`.

The text comes back as the tool's result and not as ModelRetry: the framework's own limit of
retries (1 unless set) would end the run before the founder is asked.
"""

from __future__ import annotations

from typing import Any

from pydantic_ai.capabilities import Hooks

from unstuck.adapters.tools import ToolWatch
from unstuck.client import Unstuck


def unstuck_hooks(client: Unstuck) -> Hooks[Any]:
    """Hooks that report each tool that fails and tell the model what to do."""
    hooks: Hooks[Any] = Hooks()
    watch = ToolWatch(client)
    recovered: set[str] = set()

    @hooks.on.tool_execute_error
    async def failed(_ctx: Any, *, call: Any, tool_def: Any, args: Any, error: Exception) -> Any:
        text = await watch.failed_async(call.tool_name, error, approach=_approach(call))
        if text is None:
            raise error
        recovered.add(call.tool_call_id)
        return text

    @hooks.on.after_tool_execute
    async def worked(_ctx: Any, *, call: Any, tool_def: Any, args: Any, result: Any) -> Any:
        # A text that stands for a failure comes through here as well, and is no success.
        if call.tool_call_id in recovered:
            recovered.remove(call.tool_call_id)
        else:
            await watch.worked_async(call.tool_name)
        return result

    return hooks


def _approach(call: Any) -> str:
    return f"call {call.tool_name} with {str(call.args)[:500]}"
