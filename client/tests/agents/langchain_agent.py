"""LangChain's create_agent on LangGraph, with its own fake chat model and a checkpointer."""

from collections.abc import Iterator

from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from shop import deploy, next_plan

from unstuck import Unstuck
from unstuck.adapters.langchain import UnstuckMiddleware

said = ""


class Model(GenericFakeChatModel):
    def bind_tools(self, tools: object, **_: object) -> "Model":
        return self

    def _generate(self, messages: list, *args: object, **kwargs: object):
        global said
        said = str(messages[-1].content)
        return super()._generate(messages, *args, **kwargs)


def replies() -> Iterator[AIMessage]:
    calls = 0
    while (plan := next_plan(said, calls := calls + 1)) is not None:
        call = {"name": "deploy", "args": {"plan": plan}, "id": f"call-{calls}"}
        yield AIMessage("", tool_calls=[call])
    yield AIMessage("done")


agent = create_agent(
    Model(messages=replies()),
    tools=[deploy],
    middleware=[UnstuckMiddleware(Unstuck.from_env())],
    checkpointer=InMemorySaver(),
)
result = agent.invoke(
    {"messages": [("user", "Deploy the shop.")]}, {"configurable": {"thread_id": "1"}}
)
print(result["messages"][-1].content)
