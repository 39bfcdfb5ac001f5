"""Both workers die between an answer and its release: neither the answer nor the undo is lost."""

import os
import signal
from pathlib import Path

import pytest
from stage import Stage, ask, desk_with_grace
from web_process import until

from webapp.embedded import Server

MINUTE_S = 60.0


@pytest.fixture
def slow_stage(server: Server, tmp_path: Path):
    """A desk on which an answer can be taken back for longer than the test takes."""
    with desk_with_grace(server, tmp_path / "data", "slow", MINUTE_S) as stage:
        yield stage


def kill_workers(stage: Stage) -> None:
    """Kill both without a warning; returns when gunicorn has two others."""
    killed = stage.desk.workers()
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    until(
        lambda: len(set(stage.desk.workers()) - set(killed)) == len(killed),
        "others take their place",
    )


def signed_in(stage: Stage, project: str):
    anna = stage.visitor()
    assert anna.sign_in(stage.sign_in_link(project))
    return anna


def test_a_held_answer_goes_to_the_agent_although_all_processes_died(patient_stage: Stage) -> None:
    stage = patient_stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    anna = signed_in(stage, project)
    page = anna.get(f"/escalations/{asked['id']}")
    page = anna.submit(page, decision="skip_feature", guidance="Not now.")
    assert "<bdi>Anna</bdi> answered" in page.text

    stage.kill_desk()
    stage.desk.start()

    waited = agent.get(f"/api/escalations/{asked['id']}/decision?wait=30")
    assert waited.status == 200
    assert (waited.body["decision"], waited.body["guidance"]) == ("skip_feature", "Not now.")
    kinds = [event["type"] for event in agent.get("/api/jobs/build-1/events").body]
    assert kinds.count("agent.escalation_resolved") == 1


def test_a_held_answer_can_be_taken_back_although_both_workers_died(slow_stage: Stage) -> None:
    stage = slow_stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    anna = signed_in(stage, project)
    page = anna.get(f"/escalations/{asked['id']}")
    page = anna.submit(page, decision="skip_feature", guidance="Not now.")

    kill_workers(stage)

    page = anna.submit(anna.get(f"/escalations/{asked['id']}"), mark='id="take-back"')
    assert "<bdi>Anna</bdi> took an answer back." in page.text
    assert "Not now.</textarea>" in page.text
    kill_workers(stage)
    assert agent.get(f"/api/escalations/{asked['id']}/decision?wait=1").status == 204
    founder = stage.caller(project, "founder", "Ben")
    answer = founder.post(f"/api/escalations/{asked['id']}/resolve", decision="provide_guidance")
    assert answer.status == 200
