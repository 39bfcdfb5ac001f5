"""The agent and the server are killed at any moment: nothing is asked twice, no answer is lost."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stage import ROOT, Stage, desk_with_grace
from unstuck import Refused, Unstuck
from web_process import until

from webapp.embedded import Server

AGENT = Path(__file__).with_name("agent_under_fire.py")
AGENT_KILLS = 10
SERVER_KILLS = 3
ANSWERS = {"Which plan": "pro", "database": "use_sqlite"}


@pytest.fixture
def stage(server: Server, tmp_path: Path) -> Iterator[Stage]:
    """A server of this test's own: it is killed."""
    with desk_with_grace(server, tmp_path, "under_fire", 0, workers=1) as stage:
        yield stage


def start_agent(stage: Stage, token: str, record: Path) -> subprocess.Popen[bytes]:
    environ = os.environ | {
        "PYTHONPATH": str(ROOT / "client"),
        "UNSTUCK_URL": stage.url,
        "UNSTUCK_TOKEN": token,
        "UNSTUCK_PROJECT": "shop",
        "UNSTUCK_JOB": "build-1",
        "UNSTUCK_WAIT_SCALE": "0",
    }
    return subprocess.Popen([sys.executable, str(AGENT), str(record)], env=environ)


class Founder(threading.Thread):
    """Answers whatever is asked, a moment later, whether or not the server is there right now."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self.caller = stage.caller("shop", "founder")
        self.over = threading.Event()
        self.answered: Counter[str] = Counter()

    def run(self) -> None:
        while not self.over.wait(0.15):
            try:
                self._answer_all()
            except OSError:
                continue  # the server was killed

    def _answer_all(self) -> None:
        pending = self.caller.get("/api/escalations?status=pending")
        for asked in pending.body if pending.status == 200 else []:
            decision = next(
                value for words, value in ANSWERS.items() if words in asked["plain_english_problem"]
            )
            path = f"/api/escalations/{asked['id']}/resolve"
            if self.caller.post(path, decision=decision, guidance="As you like.").status == 200:
                self.answered[asked["id"]] += 1


class Follower(threading.Thread):
    """Follows what happens in the job from its first event on, until it is called "over"."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self.client = Unstuck(stage.url, stage.caller("shop").token, project="shop", job="build-1")
        self.heard: list[Any] = []

    def run(self) -> None:
        while not self.heard:
            try:
                for event in self.client.events():
                    self.heard.append(event)
                    if event.get("title") == "over":
                        return
            except Refused:  # there is no such job yet
                time.sleep(0.05)


def questions(stage: Stage) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = stage.caller("shop").get("/api/escalations").body
    return body


def test_nothing_is_asked_twice_and_no_answer_is_lost(stage: Stage, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    token, record = stage.caller("shop").token, tmp_path / "record"
    founder = Founder(stage)
    follower = Follower(stage)
    founder.start()
    follower.start()
    kills = ["agent"] * AGENT_KILLS + ["server"] * SERVER_KILLS
    chance.shuffle(kills)
    agent = start_agent(stage, token, record)
    for kill in kills:
        # Somewhere between its start and its end, which it reaches in about half a second.
        time.sleep(chance.uniform(0.0, 0.5))
        if kill == "server":
            stage.kill_desk()
            stage.desk.start()
            continue
        agent.kill()
        agent.wait()
        agent = start_agent(stage, token, record)
    assert agent.wait(120) == 0
    until(lambda: all(asked["outcome"] for asked in questions(stage)[1:]), "receipts are there")
    founder.over.set()
    founder.join()

    follower.client.update(title="over")
    follower.join(120)
    log = stage.caller("shop").get("/api/jobs/build-1/events?limit=500").body
    heard = follower.heard
    assert heard[-1]["title"] == "over"
    assert heard == log[: len(heard)]  # each once and in order, over all that was killed

    asked = questions(stage)
    assert len(asked) == 2, [one["plain_english_problem"] for one in asked]
    assert [one["founder_decision"] for one in asked] == ["pro", "use_sqlite"]
    assert [one["occurrences"] for one in asked] == [1, 1]
    assert asked[1]["outcome"] == "worked"
    lines = set(record.read_text().splitlines())
    assert lines == {"plan pro", "database use_sqlite As you like. {'plan': 'pro'}", "end"}
