"""A proxy drops answers, workers die: an agent that reports again is counted once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from stage import Caller, Stage, question

BUG = "TypeError: cart.total is not a function"
NO_KEY = "stripe.error.AuthenticationError: No API key provided."
SENT_AT_ONCE = 12


def send(agent: Caller, project: str, message: str, name: str) -> dict[str, Any]:
    body = {
        "id": name,
        "project_id": project,
        "session_id": "session-1",
        "error_type": "Error",
        "error_message": message,
        "approach": "One way to do it",
    }
    answer = agent.post("/api/jobs/build-1/errors", **body)
    assert answer.status == 200, answer.body
    verdict: dict[str, Any] = answer.body
    return verdict


@pytest.mark.parametrize("message", [BUG, NO_KEY])
def test_a_report_that_arrives_many_times_at_once_counts_once(stage: Stage, message: str) -> None:
    """FIELD: one failure behind a proxy that dropped three answers became "I tried 4 ways"."""
    project = stage.project()
    agent = stage.caller(project)
    together = threading.Barrier(SENT_AT_ONCE)

    def deliver(_: int) -> dict[str, Any]:
        together.wait()
        return send(agent, project, message, "report-1")

    with ThreadPoolExecutor(SENT_AT_ONCE) as pool:
        verdicts = list(pool.map(deliver, range(SENT_AT_ONCE)))

    (first,) = [verdict for verdict in verdicts if not verdict.get("repeated")]
    again = [verdict for verdict in verdicts if verdict.get("repeated")]
    assert again == [first | {"repeated": True}] * (SENT_AT_ONCE - 1)
    events = agent.get(f"/api/jobs/build-1/events?project_id={project}").body
    assert [event["seq"] for event in events] == [1]


def test_a_verdict_is_still_known_after_a_restart(stage: Stage) -> None:
    project = stage.project()
    agent = stage.caller(project)
    first = send(agent, project, BUG, "report-1")
    stage.kill_desk()
    stage.desk.start()
    assert send(agent, project, BUG, "report-1") == first | {"repeated": True}
    assert send(agent, project, BUG, "report-2")["attempt"] == 2


def test_a_question_that_is_asked_many_times_at_once_is_one_card(stage: Stage) -> None:
    project = stage.project()
    agent = stage.caller(project)
    together = threading.Barrier(SENT_AT_ONCE)
    body = question() | {"project_id": project}

    def ask(_: int) -> tuple[int, str]:
        together.wait()
        answer = agent.post("/api/jobs/build-1/escalations", **body)
        return answer.status, answer.body["id"]

    with ThreadPoolExecutor(SENT_AT_ONCE) as pool:
        asked = list(pool.map(ask, range(SENT_AT_ONCE)))

    assert sorted(status for status, _ in asked) == [200] * (SENT_AT_ONCE - 1) + [201]
    assert len({key for _, key in asked}) == 1
