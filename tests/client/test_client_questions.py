"""`unstuck.ask` and its handles, against a real server."""

import asyncio
import threading
from typing import Any

import own_loop
import pytest
from stage import Stage, until_asked
from unstuck import StillPending, Unstuck


class Founder:
    """Answers on the other side."""

    def __init__(self, stage: Stage, project: str) -> None:
        self.stage, self.project = stage, project
        self.caller = stage.caller(project, "founder")

    def answer(self, words: str, decision: str, **fields: Any) -> dict[str, Any]:
        asked = until_asked(self.stage, self.project, words)
        path = f"/api/escalations/{asked['id']}"
        assert self.caller.post(f"{path}/resolve", decision=decision, **fields).status == 200
        return asked

    def read(self, escalation_id: str) -> dict[str, Any]:
        body: dict[str, Any] = self.caller.get(f"/api/escalations/{escalation_id}").body
        return body


@pytest.fixture
def project(stage: Stage) -> str:
    return stage.project()


@pytest.fixture
def founder(stage: Stage, project: str) -> Founder:
    return Founder(stage, project)


@pytest.fixture
def client(stage: Stage, project: str) -> Unstuck:
    token = stage.caller(project).token
    return Unstuck(stage.url, token, project=project, job="build-1")


PLANS = {"basic": "9 EUR a month", "pro": "29 EUR a month"}


def test_an_answer_comes_with_its_words_and_leaves_a_receipt(
    client: Unstuck, founder: Founder
) -> None:
    threading.Thread(
        target=founder.answer, args=("Which plan", "pro"), kwargs={"guidance": "Go."}
    ).start()
    with client.ask("Which plan shall I book?", PLANS) as answer:
        assert (answer.decision, answer.guidance, answer.status) == ("pro", "Go.", "resolved")
    stored = founder.read(answer.escalation_id)
    assert stored["picked_up_at"]
    assert stored["outcome"] == "worked"


def test_the_agents_own_words_on_what_came_of_an_answer_stay(
    client: Unstuck, founder: Founder
) -> None:
    threading.Thread(target=founder.answer, args=("Which plan", "pro")).start()
    with client.ask("Which plan shall I book?", PLANS) as answer:
        answer.worked("Booked for a year.")
    stored = founder.read(answer.escalation_id)
    assert (stored["outcome"], stored["outcome_note"]) == ("worked", "Booked for a year.")


def test_an_exception_after_an_answer_is_on_record(client: Unstuck, founder: Founder) -> None:
    threading.Thread(target=founder.answer, args=("Which plan", "pro")).start()
    answer = client.ask("Which plan shall I book?", PLANS)
    with pytest.raises(RuntimeError), answer:
        raise RuntimeError("The plan is sold out")
    stored = founder.read(answer.escalation_id)
    assert (stored["outcome"], stored["outcome_note"]) == ("failed", "The plan is sold out")


def test_the_same_question_is_asked_once_also_after_a_restart(
    stage: Stage, client: Unstuck, founder: Founder
) -> None:
    first = client.ask("Which plan shall I book?", PLANS, wait=False)
    restarted = Unstuck(
        stage.url, stage.caller(client.project).token, project=client.project, job="build-1"
    )
    again = restarted.ask("Which plan shall I book?", PLANS, wait=False)
    another = restarted.ask(
        "Which plan shall I book?", PLANS, wait=False, key="for the second shop"
    )
    assert first.id == again.id != another.id
    assert not first.done
    founder.answer("Which plan", "basic")
    assert again.result().decision == "basic"


def test_nobody_answering_in_time_is_neither_yes_nor_no(client: Unstuck) -> None:
    handle = client.ask("Which plan shall I book?", PLANS, wait=False)
    with pytest.raises(StillPending):
        handle.result(timeout=0.2)
    assert not handle.done


def test_a_withdrawn_question_is_closed_without_an_answer(client: Unstuck) -> None:
    handle = client.ask("Which plan shall I book?", PLANS, wait=False)
    handle.withdraw("Found a free one.")
    answer = handle.result()
    assert (answer.status, answer.decision) == ("withdrawn", None)


def test_free_words_are_the_decision_where_there_are_no_options(
    client: Unstuck, founder: Founder
) -> None:
    threading.Thread(target=founder.answer, args=("call the shop", "Tea & Co")).start()
    assert client.ask("What shall I call the shop?").decision == "Tea & Co"


def test_the_async_twin_waits_without_blocking(client: Unstuck, founder: Founder) -> None:
    async def both() -> list[str | None]:
        asked = [client.ask_async(f"Which plan for shop {n}?", PLANS) for n in (1, 2)]
        answers = await asyncio.gather(*asked)
        return [answer.decision for answer in answers]

    for n, plan in ((1, "basic"), (2, "pro")):
        threading.Thread(target=founder.answer, args=(f"shop {n}", plan)).start()
    assert own_loop.run(both) == ["basic", "pro"]


def test_one_request_brings_the_answers_to_many_questions_each_once(
    client: Unstuck, founder: Founder
) -> None:
    early = client.ask("Which plan for shop 0?", PLANS, wait=False)
    founder.answer("shop 0", "basic")
    asked = [client.ask(f"Which plan for shop {n}?", PLANS, wait=False) for n in (1, 2, 3)]
    answers = client.answers(timeout=30)
    first = next(answers)
    assert first.escalation_id == early.id
    for n, plan in ((2, "pro"), (1, "basic"), (3, "pro")):
        founder.answer(f"shop {n}", plan)
    rest = [(answer.escalation_id, answer.decision) for answer in answers]
    expected = zip([handle.id for handle in asked], ["basic", "pro", "pro"], strict=True)
    assert sorted(rest) == sorted(expected)
    assert founder.read(asked[0].id)["picked_up_at"]
