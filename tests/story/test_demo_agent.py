"""The example agent as a process, against the desk; and `flask demo`, which starts both."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk_process import environment, processes_of
from stage import ROOT, Caller, Stage, until_asked
from visitor import Visitor
from web_process import until

PATIENCE_S = 90
KEYS = ("newsletter", "delivery", "reviews")


@contextmanager
def watched(process: "subprocess.Popen[str]") -> Iterator[list[str]]:
    """Collect what the process prints; at the end of the block it is ended."""
    lines: list[str] = []
    stream = process.stdout
    assert stream
    reader = threading.Thread(target=lambda: lines.extend(line.rstrip() for line in stream))
    reader.start()
    try:
        yield lines
    finally:
        process.kill()
        process.wait()
        reader.join()
        stream.close()


def test_one_run_meets_all_four_verdicts_and_ends_with_what_was_answered(
    stage: Stage, tmp_path: Path
) -> None:
    project = stage.project()
    founder = stage.caller(project, "founder")
    agent = stage.start_agent(project, tmp_path, "--all-verdicts")
    with watched(agent) as lines:
        until(lambda: _said(lines, "is paused until a founder"), "the job is paused", PATIENCE_S)
        job = founder.get(f"/api/jobs/build-1?project_id={project}").body
        assert job["state"] == "paused"
        answers = {f"key for {name}": ("skip_feature", None) for name in KEYS}
        answers |= {"invoices": ("provide_guidance", "try plainbill")}
        hand_over_key(stage, project)
        founder.post(f"/api/jobs/build-1/resume?project_id={project}")
        answers |= {"photos": ("simpler_version", None)}
        for words, (decision, guidance) in answers.items():
            asked = until_asked(stage, project, words)
            body = {"decision": decision, "guidance": guidance}
            if words == "invoices":
                assert "early version" in ask_back(founder, asked["id"])
                body |= {"answers": {"first_number": 1001}}
            assert founder.post(f"/api/escalations/{asked['id']}/resolve", **body).status == 200
        assert agent.wait(PATIENCE_S) == 0
    verdicts = {line.split()[-1] for line in lines if "the verdict is " in line}
    assert verdicts == {"retry", "wait", "escalate", "pause"}
    assert lines[-8:] == [
        "  catalogue: 3 teas",
        "  payments: connected with the key that ends in 4242",
        "  newsletter: left out",
        "  delivery: left out",
        "  reviews: left out",
        "  photos: a drawing instead of photos",
        "  prices: right to the cent",
        "  invoices: made with plainbill, from number 1001",
    ]
    job = founder.get(f"/api/jobs/build-1?project_id={project}").body
    assert job["state"] == "finished"
    kinds = {event["type"] for event in _events(stage, project)}
    assert {"agent.error_healed", "agent.decision_picked_up", "agent.decision_worked"} <= kinds


def hand_over_key(stage: Stage, project: str) -> None:
    """Enter the key for payments on its page, which answers the question."""
    asked = until_asked(stage, project, "key for payments")
    anna = stage.visitor()
    assert anna.sign_in(stage.sign_in_link(project))
    page = anna.get(f"/escalations/{asked['id']}")
    fields = {"secret.PAYMENTS_API_KEY": "live-key-4242", "decision": "provide_credentials"}
    assert anna.submit(page, f'action="/escalations/{asked["id"]}/secrets"', **fields).status == 200


def ask_back(founder: Caller, key: str) -> str:
    """Ask the agent something before deciding; returns its reply."""
    said = founder.post(f"/api/escalations/{key}/messages", text="What did you try?")
    assert said.status == 201

    def messages() -> list[dict[str, str]]:
        found: list[dict[str, str]] = founder.get(f"/api/escalations/{key}").body["messages"]
        return found

    until(lambda: len(messages()) == 2, "the agent replies", PATIENCE_S)
    return messages()[1]["text"]


def test_advice_that_does_not_help_is_told_so_and_asked_about_again(
    stage: Stage, tmp_path: Path
) -> None:
    project = stage.project()
    founder = stage.caller(project, "founder")
    agent = stage.start_agent(project, tmp_path)
    with watched(agent):
        first = until_asked(stage, project, "invoices")
        answer = {"decision": "provide_guidance", "guidance": "paperbill"}
        founder.post(f"/api/escalations/{first['id']}/resolve", **answer)
        again = until_asked(stage, project, "invoices")
        assert again["id"] != first["id"]
        assert founder.get(f"/api/escalations/{first['id']}").body["outcome"] == "failed"
        assert "paperbill" in " ".join(again["attempts_summary"])


def test_the_command_demo_brings_its_own_desk_and_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo"],
        cwd=ROOT,
        env=environment(tmp_path, UNSTUCK_WAIT_SCALE="0.01"),
        stdout=subprocess.PIPE,
        text=True,
    )
    with watched(demo) as lines:
        until(lambda: _said(lines, "asked the founder"), "the agent asks", PATIENCE_S)
        link = re.search(r"Open (http://localhost[^/]*)(/sign-in/\S+)", "\n".join(lines))
        assert link, lines
        founder = Visitor(link[1])
        assert founder.sign_in(link[2])
        assert "I need the key for payments" in founder.get("/").text
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(10) == 0
    until(lambda: not processes_of(tmp_path), "all of it has ended", 5)


def _said(lines: list[str], words: str) -> bool:
    return any(words in line for line in lines)


def _events(stage: Stage, project: str) -> list[dict[str, str]]:
    path = f"/api/jobs/build-1/events?project_id={project}&limit=200"
    events: list[dict[str, str]] = stage.caller(project).get(path).body
    return events
