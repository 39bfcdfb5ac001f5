"""What an agent replies when the founder asks back before deciding."""

import threading

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
