"""CrewAI: `Agent(…, tools=unstuck_tools(unstuck, [deploy]))`.

Hooks of CrewAI learn of a failure only as text, so the tools themselves are wrapped. To the model a
failure is the text of the verdict; to the framework it is a ToolFailure, which it never caches: the
same call may work after the founder's answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from crewai.tools import BaseTool
from crewai.tools.tool_failure import ToolFailure, ToolFailureReason
from pydantic import PrivateAttr

from unstuck.adapters.tools import ToolWatch
from unstuck.client import Unstuck


def unstuck_tools(client: Unstuck, tools: list[BaseTool]) -> list[BaseTool]:
    """The same tools, which report their failures and tell the model what to do."""
    watch = ToolWatch(client)
    return [_watched(tool, watch) for tool in tools]


def _watched(tool: BaseTool, watch: ToolWatch) -> BaseTool:
    kept = {name: getattr(tool, name) for name in BaseTool.model_fields}
    watched = _Watched(**kept)
    watched._tool, watched._watch = tool, watch
    watched.cache_function = watched._may_cache
    return watched


class _Watched(BaseTool):
    _tool: BaseTool = PrivateAttr()
    _watch: ToolWatch = PrivateAttr()

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            result = self._tool._run(*args, **kwargs)
            if asyncio.iscoroutine(result):
                result = asyncio.run(result)
        except Exception as error:
            approach = f"call {self.name} with {str(kwargs or args)[:500]}"
            text = self._watch.failed(self.name, error, approach=approach)
            if text is None:
                raise
            return _failure(error, text)
        if not isinstance(result, ToolFailure):
            self._watch.worked(self.name)
        return result

    def _may_cache(self, given: Any, result: Any) -> bool:
        return not isinstance(result, ToolFailure) and self._tool.cache_function(given, result)


def _failure(error: Exception, text: str) -> ToolFailure:
    details = {"type": type(error).__name__, "message": str(error)}
    return ToolFailure(message=text, reason=ToolFailureReason.EXCEPTION, details=details)
