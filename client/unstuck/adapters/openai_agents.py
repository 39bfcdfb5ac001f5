"""OpenAI Agents SDK: `@function_tool(failure_error_function=on_failure(unstuck))`.

A tool's success isn't told to that function, so the problem is healed by a later success only
where the agent runs with `hooks=UnstuckHooks(…)`: `on_failure` and the hooks share a `ToolWatch`.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable

from agents import RunHooks

from unstuck.adapters.tools import ToolWatch
from unstuck.client import Unstuck


class UnstuckHooks(RunHooks[Any]):
    """`Runner.run(agent, …, hooks=hooks)`, and `hooks.on_failure` for each function tool."""

    def __init__(self, client: Unstuck) -> None:
        self._watch = ToolWatch(client)
        self._failed: set[str] = set()

    @property
    def on_failure(self) -> Callable[[Any, Exception], Awaitable[str]]:
        """The tools' `failure_error_function`."""
        return self._on_failure

    async def _on_failure(self, ctx: Any, error: Exception) -> str:
        name = getattr(ctx, "tool_name", "tool")
        arguments = str(getattr(ctx, "tool_arguments", ""))[:500]
        self._failed.add(getattr(ctx, "tool_call_id", name))
        text = await self._watch.failed_async(name, error, approach=f"call {name} with {arguments}")
        if text is None:
            raise error
        return text

    async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
        """A tool that ended without a failure works now."""
        call = getattr(context, "tool_call_id", tool.name)
        if call in self._failed:
            self._failed.discard(call)
        else:
            await self._watch.worked_async(tool.name)
