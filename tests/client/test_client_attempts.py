"""`unstuck.attempts`: what an agent sees of each verdict, against the package's fake server."""

import asyncio
import socket

import own_loop
import pytest
from unstuck import Refused, Skipped, Unstuck
from unstuck.testing import FakeServer


class Work:
    """Fails as often as it is told to, and then works."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.rounds = 0

    def do(self) -> str:
        self.rounds += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def build(client: Unstuck, work: Work) -> None:
    """Do the work as an agent would."""
    for attempt in client.attempts("build it"):
        with attempt:
            work.do()


def test_a_success_reports_nothing() -> None:
    with FakeServer() as server:
        build(server.client(), Work())
        assert not server.reports
        assert not server.healed


def test_after_a_retry_the_next_round_has_the_instruction_and_success_heals() -> None:
    work = Work(ValueError("no such plan"))
    seen = []
    with FakeServer() as server:
        for attempt in server.client().attempts("book the plan"):
            with attempt:
                attempt.approach = f"way {attempt.number}"
                seen.append(attempt.instruction)
                work.do()
        assert seen == [None, "Try another way."]
        assert [report["approach"] for report in server.reports] == ["way 1"]
        assert server.reports[0]["intent"] == "book the plan"
        assert "ValueError: no such plan" in server.reports[0]["error_message"]
        assert server.healed == ["shop:ValueError:v1-fake"]


def test_an_escalation_brings_the_answer_and_its_receipts() -> None:
    work = Work(KeyError("STRIPE_API_KEY"))
    with FakeServer() as server:
        server.verdicts("escalate")
        server.answers("use_sandbox", guidance="for now", agent_state={"step": 3})
        for attempt in server.client().attempts("take payments"):
            with attempt:
                decided = (attempt.decision, attempt.guidance, attempt.state)
                work.do()
        assert decided == ("use_sandbox", "for now", {"step": 3})
        assert server.receipts == [("q1", "picked_up"), ("q1", "worked")]


def test_an_answer_that_does_not_help_is_told_so() -> None:
    work = Work(KeyError("KEY"), KeyError("KEY"))
    with FakeServer() as server:
        server.verdicts("escalate", "retry")
        server.answers("use_sandbox")
        build(server.client(), work)
        assert server.receipts == [("q1", "picked_up"), ("q1", "failed")]


@pytest.mark.parametrize(
    "answer", [{"decision": None, "status": "skipped"}, {"decision": "skip_feature"}]
)
def test_what_the_founder_leaves_out_raises_skipped(answer: dict[str, str]) -> None:
    work = Work(*[ValueError("no")] * 5)
    with FakeServer() as server:
        server.verdicts("escalate")
        server.answers(**answer)
        with pytest.raises(Skipped) as skipped:
            build(server.client(), work)
        assert skipped.value.answer.escalation_id == "q1"
        assert isinstance(skipped.value.__cause__, ValueError)
        assert work.rounds == 1


def test_a_verdict_skip_raises_skipped_with_what_was_decided() -> None:
    with FakeServer() as server:
        server.verdicts("skip", escalation_id="q7", decision="skip_feature", guidance="Not needed.")
        with pytest.raises(Skipped, match="Not needed"):
            build(server.client(), Work(ValueError("no")))
        assert server.receipts == [("q7", "worked")]


def test_a_withdrawn_question_lets_the_error_through() -> None:
    with FakeServer() as server:
        server.verdicts("escalate")
        server.answers(None, status="withdrawn")
        with pytest.raises(ValueError, match="no such plan"):
            build(server.client(), Work(ValueError("no such plan")))
        assert server.receipts == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_a_program_is_not_reported(stop: type[BaseException]) -> None:
    with FakeServer() as server:
        with pytest.raises(stop):
            build(server.client(), Work(stop()))
        assert not server.reports


def test_a_restarted_program_reports_the_same_failure_under_the_same_id() -> None:
    ids = []
    with FakeServer() as server:
        for _ in range(2):
            work = Work(ValueError("one"), ValueError("one"), ValueError("two"))
            build(server.client(), work)
            ids.append([report["id"] for report in server.reports])
            server.reports.clear()
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_a_refused_report_lets_the_error_through() -> None:
    class Refusing(FakeServer):
        def respond(self, method: str, path: str, body: dict[str, object]) -> tuple[int, object]:
            return 403, {"detail": "This token may not report."}

    with Refusing() as server, pytest.raises(ValueError, match="the real trouble"):
        build(server.client(), Work(ValueError("the real trouble")))


def test_a_server_that_is_away_lets_the_error_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = Unstuck(f"http://127.0.0.1:{port}", "token", patience_s=0.05)
    with pytest.raises(ValueError, match="the real trouble"):
        build(client, Work(ValueError("the real trouble")))


def test_the_async_twin_does_the_same_without_blocking() -> None:
    async def build(server: FakeServer) -> tuple[str | None, int]:
        work = Work(KeyError("KEY"))
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        ticking = asyncio.ensure_future(tick())
        async for attempt in server.client().attempts("take payments"):
            async with attempt:
                decision = attempt.decision
                work.do()
        ticking.cancel()
        return decision, turns

    with FakeServer() as server:
        server.verdicts("escalate")
        server.answers("use_sandbox")
        decision, turns = own_loop.run(lambda: build(server))
        assert decision == "use_sandbox"
        assert turns > 10
        assert server.receipts == [("q1", "picked_up"), ("q1", "worked")]


def test_a_cancelled_wait_ends_soon() -> None:
    async def build(server: FakeServer) -> None:
        async for attempt in server.client().attempts("take payments"):
            async with attempt:
                raise KeyError("KEY")

    async def cancel_it(server: FakeServer) -> None:
        task = asyncio.ensure_future(build(server))
        while not server.reports:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with FakeServer() as server:
        server.verdicts("escalate")  # and nobody answers
        own_loop.run(lambda: cancel_it(server))


def test_an_address_without_http_is_refused() -> None:
    with pytest.raises(ValueError, match="must begin with http"):
        Unstuck("file:///etc/passwd", "token")


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ValueError, match="UNSTUCK_TOKEN"):
        Unstuck.from_env({"UNSTUCK_URL": "http://127.0.0.1:5000"})


def test_a_refusal_names_its_status_and_what_to_do() -> None:
    class Refusing(FakeServer):
        def respond(self, method: str, path: str, body: dict[str, object]) -> tuple[int, object]:
            return 422, {"detail": "recommended must be one of the options."}

    with Refusing() as server, pytest.raises(Refused, match="one of the options") as refused:
        server.client().ask("Which plan?", ["basic", "pro"], recommended="none")
    assert refused.value.status == 422
