"""A worker dies without a warning in the middle of the story: nothing that was told is lost."""

import http.client
import os
import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stage import Answer, Caller, Stage, question
from web_process import until


def test_a_worker_killed_between_report_and_answer_loses_nothing(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    report = {
        "project_id": project,
        "session_id": "session-1",
        "error_type": "MissingKey",
        "error_message": "No API key provided: set PAYMENTS_API_KEY",
    }
    verdict = agent.post("/api/jobs/build-1/errors", **report).body
    assert verdict["verdict"] == "escalate"
    escalation = f"/api/escalations/{verdict['escalation_id']}"

    stage.desk.kill_worker()

    assert agent.get(f"{escalation}/decision?wait=0").status == 204
    assert founder.post(f"{escalation}/resolve", decision="skip_feature").status == 200
    assert agent.get(f"{escalation}/decision?wait=5").body["decision"] == "skip_feature"
    events = agent.get(f"/api/jobs/build-1/events?project_id={project}").body
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events[:2]] == [
        "agent.waiting_for_input",
        "agent.escalation_resolved",
    ]


def test_an_agent_whose_wait_is_cut_by_a_kill_comes_back_and_gets_the_answer(stage: Stage) -> None:
    """FIELD: the answer is consumed although the agent never resumed."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    body = question(options=[], recommended=None) | {"project_id": project}
    asked = agent.post("/api/jobs/build-1/escalations", **body).body
    path = f"/api/escalations/{asked['id']}/decision?wait=30"
    cut = threading.Event()

    def wait() -> Answer:
        while True:
            try:
                return agent.get(path)
            except (OSError, http.client.HTTPException):
                cut.set()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        until(lambda: _waits(stage), "the agent's call has arrived")
        for worker in stage.desk.workers():
            os.kill(worker, signal.SIGKILL)
        assert cut.wait(10)
        until(lambda: founder.get(f"/api/escalations/{asked['id']}").status == 200, "it is back")
        answer = f"/api/escalations/{asked['id']}/resolve"
        assert founder.post(answer, decision="go on").status == 200
        assert waiting.result(20).body["decision"] == "go on"
    until(lambda: len(stage.desk.workers()) == 2, "both workers are back")


def _waits(stage: Stage) -> bool:
    """Whether a worker has taken a connection: only the waiting agent's is open, then."""
    port, established, not_taken = f":{stage.port:04X}", "01", "0"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(
        row[1].endswith(port) and row[3] == established and row[9] != not_taken for row in rows
    )


def test_what_was_acknowledged_while_a_worker_was_killed_is_there_once(stage: Stage) -> None:
    """Agents that repeat a creation under its own id until it is taken make no second card."""
    project = stage.project()
    agents = [stage.caller(project) for _ in range(4)]
    keys = [[str(uuid.uuid4()) for _ in range(10)] for _ in agents]
    begun = threading.Event()

    def write(agent: Caller, own: list[str]) -> None:
        for key in own:
            body = question(id=key) | {"project_id": project}
            while _create(agent, body) not in (200, 201):
                begun.set()
            begun.set()

    with ThreadPoolExecutor(len(agents)) as pool:
        writing = [pool.submit(write, *work) for work in zip(agents, keys, strict=True)]
        assert begun.wait(10)
        stage.desk.kill_worker()
        for work in writing:
            work.result(30)

    wanted = {key for own in keys for key in own}
    stored = agents[0].get(f"/api/escalations?project_id={project}&limit=200").body
    assert sorted(item["id"] for item in stored) == sorted(wanted)
    events = agents[0].get(f"/api/jobs/build-1/events?project_id={project}&limit=200").body
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    opened = [event for event in events if event["type"] == "agent.waiting_for_input"]
    assert sorted(event["escalation_id"] for event in opened) == sorted(wanted)


def _create(agent: Caller, body: dict[str, object]) -> int:
    try:
        return agent.call("POST", "/api/jobs/build-1/escalations", **body).status
    except (OSError, http.client.HTTPException):
        return 0
