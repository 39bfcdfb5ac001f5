"""What an agent replies when the founder asks back before deciding."""

import asyncio
import threading

import own_loop
import pytest
from stage import Stage, until_asked
from unstuck import Refused, Unstuck
from unstuck.testing import FakeServer, Response
from unstuck.transport import Json
from web_process import until


def test_an_agent_replies_to_what_the_founder_asks_before_deciding() -> None:
    heard: list[str] = []

    def reply(text: str) -> str:
        heard.append(text)
        return f"{text} Austria."

    with FakeServer() as server:
        server.asks("Which country?", "Which tax?")
        server.answers("go")
        answer = server.client().ask("Shall I go on?", ["go", "stop"], reply=reply)
        assert answer.decision == "go"
        assert heard == ["Which country?", "Which tax?"]
        assert server.replies == ["Which country? Austria.", "Which tax? Austria."]


def test_an_agent_that_cannot_reply_waits_for_the_answer() -> None:
    with FakeServer() as server:
        server.asks("Which country?")
        server.answers("go")
        assert server.client().ask("Shall I go on?", ["go", "stop"]).decision == "go"
        assert server.replies == []


def test_a_handle_replies_and_so_do_all_that_are_waited_for_together() -> None:
    with FakeServer() as server:
        server.asks("Which country?", "Which tax?", "Which currency?")
        server.answers("go")
        client = server.client()
        handle = client.ask("Shall I go on?", ["go", "stop"], wait=False)
        handle.reply = lambda text: f"{text} Austria."
        assert not handle.done  # it replied to the first
        (answer,) = client.answers(timeout=60)
        assert (answer.escalation_id, answer.decision) == (handle.id, "go")
        assert server.replies == [
            f"Which {what}? Austria." for what in ("country", "tax", "currency")
        ]


def test_a_loop_replies_while_it_waits_for_the_answer() -> None:
    with FakeServer() as server:
        server.verdicts("escalate")
        server.asks("Which country?")
        server.answers("go")
        for attempt in server.client().attempts("pay", reply=lambda text: f"{text} Austria."):
            with attempt:
                if attempt.decision is None:
                    raise RuntimeError("no card")
        assert server.replies == ["Which country? Austria."]


def test_the_async_twin_replies_also_with_an_async_function() -> None:
    async def reply(text: str) -> str:
        await asyncio.sleep(0)
        return f"{text} Austria."

    async def asked(server: FakeServer) -> list[str]:
        client = server.client()
        with_twin = await client.ask_async("Shall I go on?", ["go"], reply=reply)
        handle = client.ask("And on?", ["on"], wait=False, reply=reply)
        with_handle = await handle.result_async()
        return [with_twin.decision or "", with_handle.decision or ""]

    with FakeServer() as server:
        server.asks("Which country?", "Which tax?")
        server.answers("go")
        server.answers("on")
        assert own_loop.run(lambda: asked(server)) == ["go", "on"]
        assert sorted(server.replies) == ["Which country? Austria.", "Which tax? Austria."]


def test_an_async_reply_without_a_loop_is_told_as_such() -> None:
    async def reply(text: str) -> str:
        return text

    with FakeServer() as server:
        server.asks("Which country?")
        with pytest.raises(TypeError, match="async"):
            server.client().ask("Shall I go on?", ["go"], reply=reply)


class AnsweredMeanwhile(FakeServer):
    """The founder decides while the agent thinks about its reply."""

    status = 409

    def respond(self, method: str, address: str, body: Json) -> Response:
        if address.endswith("/messages"):
            self._asks.clear()
            return self.status, {"detail": "This question was answered already."}
        return super().respond(method, address, body)


def test_a_reply_that_comes_too_late_is_no_fault() -> None:
    with AnsweredMeanwhile() as server:
        server.asks("Which country?")
        server.answers("go")
        answer = server.client().ask("Shall I go on?", ["go", "stop"], reply=lambda _: "Austria.")
        assert answer.decision == "go"


def test_a_reply_that_is_refused_says_so() -> None:
    with AnsweredMeanwhile() as server:
        server.status = 422
        server.asks("Which country?")
        with pytest.raises(Refused):
            server.client().ask("Shall I go on?", ["go", "stop"], reply=lambda _: " ")


def test_the_founder_asks_back_and_the_agent_replies(stage: Stage) -> None:
    project = stage.project()
    client = Unstuck(stage.url, stage.caller(project).token, project=project, job="build-1")
    founder = stage.caller(project, "founder")

    def play() -> None:
        asked = until_asked(stage, project, "Which plan")
        path = f"/api/escalations/{asked['id']}"
        assert founder.post(f"{path}/messages", text="For how many?").status == 201
        until(lambda: founder.get(path).body["turn"] == "founder", "the agent replies", 60)
        assert founder.get(path).body["messages"][-1]["text"] == "For how many? Twelve."
        assert founder.post(f"{path}/resolve", decision="pro").status == 200

    other = threading.Thread(target=play)
    other.start()
    answer = client.ask("Which plan?", ["basic", "pro"], reply=lambda text: f"{text} Twelve.")
    other.join()
    assert answer.decision == "pro"
    told = founder.get(f"/api/escalations/{answer.escalation_id}").body["messages"]
    assert [message["by"] for message in told] == ["founder", "agent"]


def test_the_founder_asks_back_about_one_of_many_and_each_is_answered(stage: Stage) -> None:
    project = stage.project()
    client = Unstuck(stage.url, stage.caller(project).token, project=project, job="build-1")
    founder = stage.caller(project, "founder")
    for plan in ("A", "B"):
        client.ask(f"Book plan {plan}?", ["yes"], wait=False, reply=lambda text: f"{text} Twelve.")
    heard: list[tuple[str, str]] = []

    def wait() -> None:
        heard.extend((one.escalation_id, one.decision or "") for one in client.answers())

    other = threading.Thread(target=wait)
    other.start()
    paths = []
    for plan in ("A", "B"):
        asked = until_asked(stage, project, f"Book plan {plan}")
        path = f"/api/escalations/{asked['id']}"
        paths.append(path)
        assert founder.post(f"{path}/messages", text="For how many?").status == 201
    for path in paths:
        until(lambda path=path: founder.get(path).body["turn"] == "founder", "it replies", 60)
        assert founder.get(path).body["messages"][-1]["text"] == "For how many? Twelve."
        assert founder.post(f"{path}/resolve", decision="yes").status == 200
    other.join()
    assert sorted(heard) == sorted((path.split("/")[-1], "yes") for path in paths)
