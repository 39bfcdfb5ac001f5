"""CrewAI with a BaseLLM of its own, which calls tools as any model does."""

from crewai import Agent, BaseLLM, Crew, Task
from crewai.tools import tool
from shop import arguments, deploy, next_plan

from unstuck import Unstuck
from unstuck.adapters.crewai import unstuck_tools


class Scripted(BaseLLM):
    calls: int = 0

    def call(self, messages, tools=None, *more, **named):
        self.calls += 1
        said = str(messages[-1]["content"]) if messages[-1]["role"] == "tool" else ""
        said = said or next((str(m["content"]) for m in messages[::-1] if m["role"] == "tool"), "")
        plan = next_plan(said, self.calls)
        if plan is None:
            return "done"
        function = {"name": "deploy", "arguments": arguments(plan)}
        return [{"id": f"call-{self.calls}", "type": "function", "function": function}]

    def supports_function_calling(self):
        return True


tools = unstuck_tools(Unstuck.from_env(), [tool("deploy")(deploy)])
builder = Agent(
    role="Builder", goal="Deploy", backstory="None.", llm=Scripted(model="scripted"), tools=tools
)
task = Task(description="Deploy the shop.", expected_output="done", agent=builder)
print(Crew(agents=[builder], tasks=[task]).kickoff().raw)
