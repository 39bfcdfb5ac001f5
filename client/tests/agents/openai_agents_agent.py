"""OpenAI Agents SDK with its own ScriptedModel."""

from agents import Agent, Runner, function_tool, set_tracing_disabled
from agents.testing import ScriptedModel
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)
from shop import arguments, deploy, next_plan

from unstuck import Unstuck
from unstuck.adapters.openai_agents import UnstuckHooks

set_tracing_disabled(disabled=True)
hooks = UnstuckHooks(Unstuck.from_env())
tool = function_tool(deploy, failure_error_function=hooks.on_failure)
calls = 0


def respond(call):
    global calls
    calls += 1
    plan = next_plan(str(call.input[-1]) if calls > 1 else "", calls)
    if plan is None:
        text = ResponseOutputText(text="done", type="output_text", annotations=[])
        return [
            ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message"
            )
        ]
    return [
        ResponseFunctionToolCall(
            call_id=f"call-{calls}", name="deploy", arguments=arguments(plan), type="function_call"
        )
    ]


model = ScriptedModel([{"responder": respond}] * 10)
agent = Agent(name="builder", model=model, tools=[tool])
print(Runner.run_sync(agent, "Deploy the shop.", hooks=hooks).final_output)
