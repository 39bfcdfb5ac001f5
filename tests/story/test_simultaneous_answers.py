"""Fifty founders answer one question at the same moment, each differently."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from stage import Answer, Caller, Stage, ask

FOUNDERS = 50


def test_of_fifty_different_answers_one_wins_and_49_learn_whose(stage: Stage) -> None:
    """FIELD: the first answer wins by check-then-write, so two are accepted; the connection pool
    is exhausted and nobody is answered for minutes; the losing answer is told "success"."""
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project, options=[])
    founders = [stage.caller(project, "founder", f"founder {n}") for n in range(FOUNDERS)]
    together = threading.Barrier(FOUNDERS)

    def answer(number: int, founder: Caller) -> Answer:
        together.wait()
        path = f"/api/escalations/{asked['id']}/resolve"
        return founder.post(path, decision=f"answer {number}", guidance=f"because of {number}")

    with Onlooker(agent) as onlooker, ThreadPoolExecutor(FOUNDERS) as pool:
        answers = list(pool.map(answer, range(FOUNDERS), founders))

    won = [n for n, got in enumerate(answers) if got.status == 200]
    lost = [got for got in answers if got.status == 409]
    assert len(won) == 1
    assert len(lost) == FOUNDERS - 1
    winner = won[0]
    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert stored["founder_decision"] == f"answer {winner}"
    assert stored["founder_guidance"] == f"because of {winner}"
    for got in lost:
        assert got.body["escalation"]["founder_decision"] == f"answer {winner}"
        assert f"founder {winner}" in got.body["detail"]
        assert stored["resolved_at"] in got.body["detail"]

    events = agent.get(f"/api/jobs/build-1/events?project_id={project}").body
    resolved = [event for event in events if event["type"] == "agent.escalation_resolved"]
    assert [event["resolution"] for event in resolved] == [f"answer {winner}"]
    assert onlooker.waits, "nobody else was answered meanwhile"
    assert max(onlooker.waits) < 5


class Onlooker:
    """Reads at the desk while others fight over it; `waits` are the seconds each read took."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.waits: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Onlooker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            start = time.monotonic()
            assert self.caller.get("/api/escalations").status == 200
            self.waits.append(time.monotonic() - start)
