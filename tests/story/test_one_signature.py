"""One problem met by many at once, and across restarts: asked about once, and counted right."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from stage import Caller, Stage, desk_with_grace

from webapp.embedded import Server

JOBS = [f"build-{number}" for number in range(1, 6)]
REPORTS = 20

NO_KEY = "stripe.error.AuthenticationError: No API key provided."
BUG = "TypeError: cart.total is not a function"
REFUSED = "connect ECONNREFUSED 127.0.0.1:5432"


def report(agent: Caller, project: str, message: str, job: str = "build-1") -> dict[str, Any]:
    body = {
        "project_id": project,
        "session_id": f"session of {job}",
        "error_type": "Error",
        "error_message": message,
        "intent": "set up the payment page",
        "approach": "Tried it in another way",
    }
    answer = agent.post(f"/api/jobs/{job}/errors", **body)
    assert answer.status == 200, answer.body
    verdict: dict[str, Any] = answer.body
    return verdict


def events(agent: Caller, project: str, job: str) -> list[dict[str, Any]]:
    found = agent.get(f"/api/jobs/{job}/events?project_id={project}&limit=500").body
    assert [event["seq"] for event in found] == list(range(1, len(found) + 1))
    return list(found)


def of_kind(all_events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in all_events if event["type"] == kind]


@pytest.mark.parametrize(("message", "most"), [(NO_KEY, 0), (BUG, 3)])
def test_twenty_reports_at_once_from_five_jobs_are_one_question(
    stage: Stage, message: str, most: int
) -> None:
    """FIELD: five jobs hit the same wall in the same second, and the founder gets five cards."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    together = threading.Barrier(REPORTS)

    def fail(number: int) -> dict[str, Any]:
        together.wait()
        job = JOBS[number % len(JOBS)]
        return report(agent, project, message, job) | {"job": job}

    with ThreadPoolExecutor(REPORTS) as pool:
        verdicts = list(pool.map(fail, range(REPORTS)))

    asking = [verdict for verdict in verdicts if verdict["verdict"] == "escalate"]
    retrying = [verdict for verdict in verdicts if verdict["verdict"] == "retry"]
    assert len(retrying) + len(asking) == REPORTS
    # Attempts are each job's own; the first job that has spent them asks for all.
    attempts = [
        sorted(verdict["attempt"] for verdict in retrying if verdict["job"] == job) for job in JOBS
    ]
    assert all(spent == list(range(1, len(spent) + 1)) for spent in attempts)
    assert max(map(len, attempts)) == most
    assert len({verdict["error_signature"] for verdict in verdicts}) == 1
    [key] = {verdict["escalation_id"] for verdict in asking}

    stored = agent.get(f"/api/escalations?project_id={project}").body
    assert [item["id"] for item in stored] == [key]
    assert stored[0]["occurrences"] == len(JOBS)  # a job that comes again is none

    everything = [event for job in JOBS for event in events(agent, project, job)]
    assert len(of_kind(everything, "agent.waiting_for_input")) == 1
    joined = of_kind(everything, "agent.escalation_joined")
    assert len(joined) == len(asking) - 1
    newly = [event["occurrences"] for event in joined if event["newly_waiting"]]
    assert sorted(newly) == list(range(2, len(JOBS) + 1))
    waiting = {event["job_id"] for event in everything if event.get("escalation_id") == key}
    assert sum(event["newly_waiting"] for event in joined) == len(waiting) - 1
    assert waiting == set(JOBS)

    assert founder.post(f"/api/escalations/{key}/resolve", decision=_first(stored[0])).status == 200
    for job in JOBS:
        assert len(of_kind(events(agent, project, job), "agent.escalation_resolved")) == 1


def _first(asked: dict[str, Any]) -> str:
    return str(asked["options"][0]["value"])


STORY = (
    ("build-1", BUG),
    ("build-2", BUG),
    ("build-1", BUG),
    ("build-2", BUG),
    ("build-1", BUG),
    ("build-1", REFUSED),
    ("build-1", NO_KEY),
    ("build-2", NO_KEY),
    ("answer", NO_KEY),
    ("build-1", NO_KEY),
    ("healed", NO_KEY),
    ("build-1", NO_KEY),
    ("build-1", REFUSED),
)
"""Who reports what; or that a founder answers, or the agent healed, the last one of these."""

CHANGING = {"retry_after_s", "error_signature", "escalation_id"}


def play(stage: Stage, *, restarting: bool) -> list[Any]:
    """What the agents and the founder are told through the story, without what differs anyway."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder", "Anna")
    latest: dict[str, dict[str, Any]] = {}
    seen: list[Any] = []
    for who, message in STORY:
        if restarting:
            stage.kill_desk()
            stage.desk.start()
        if who == "answer":
            path = f"/api/escalations/{latest[message]['escalation_id']}/resolve"
            answer = founder.post(path, decision="skip_feature", guidance="Not now.")
            seen.append((answer.status, answer.body["status"]))
        elif who == "healed":
            body = {"project_id": project, "error_signature": latest[message]["error_signature"]}
            seen.append(agent.post("/api/jobs/build-1/errors/healed", **body).status)
        else:
            latest[message] = report(agent, project, message, who)
            seen.append(steady(latest[message]))
    jobs = ("build-1", "build-2")
    return seen + [[event["type"] for event in events(agent, project, job)] for job in jobs]


def steady(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict without ids and without the jitter of a wait."""
    words = re.sub(r"[0-9a-f-]{36}|Wait [\d.]+ seconds", "…", verdict["instruction"])
    rest = {name: value for name, value in verdict.items() if name not in CHANGING}
    return rest | {"instruction": words}


def test_a_restart_between_any_two_reports_changes_nothing(
    stage: Stage, server: Server, tmp_path: Path
) -> None:
    """FIELD: the counters live in the memory of a worker, so a deployment lets agents loop."""
    undisturbed = play(stage, restarting=False)
    assert {step["verdict"] for step in undisturbed if isinstance(step, dict)} == {
        "retry",
        "wait",
        "escalate",
        "skip",
    }
    with desk_with_grace(server, tmp_path, "restarted", 0, workers=1) as restarted:
        assert play(restarted, restarting=True) == undisturbed
