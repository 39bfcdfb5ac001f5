"""What an agent replies when the founder asks back before deciding."""

import pytest
from unstuck import Refused
from unstuck.testing import FakeServer, Response
from unstuck.transport import Json


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
