"""Pydantic AI with its own FunctionModel."""

from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from shop import deploy, next_plan

from unstuck import Unstuck
from unstuck.adapters.pydantic_ai import unstuck_hooks

calls = 0


def model(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
    global calls
    calls += 1
    said = " ".join(str(getattr(part, "content", "")) for part in messages[-1].parts)
    plan = next_plan(said, calls)
    part = TextPart("done") if plan is None else ToolCallPart("deploy", {"plan": plan})
    return ModelResponse(parts=[part])


agent = Agent(
    FunctionModel(model), tools=[deploy], capabilities=[unstuck_hooks(Unstuck.from_env())]
)
print(agent.run_sync("Deploy the shop.").output)
