"""An agent that builds a shop, gets stuck, asks at the desk, and goes on with the answers.

This is the example to copy. It needs Python's standard library and four variables:

    export UNSTUCK_URL=http://127.0.0.1:5000 UNSTUCK_TOKEN=…
    export UNSTUCK_PROJECT=tea-shop UNSTUCK_JOB=build-1
    python docs/examples/demo_agent.py [--folder FOLDER] [--all-verdicts]

`desk_client.py` holds the calls, this file what follows from each verdict. The work itself stands
in `demo_shop.py` and knows nothing of the desk: where it has a list of approaches, an agent of
your own asks its language model for the next one.
"""

import argparse
import os
import queue
import tempfile
import threading
import uuid
from pathlib import Path

from demo_shop import Shop
from demo_task import Task
from desk_client import Desk, Json, Refused

WAIT_SCALE = float(os.environ.get("UNSTUCK_WAIT_SCALE", "1"))  # below 1 for the impatient


class Agent:
    """Works on whatever can be worked on; what is stuck is parked and never blocks the rest."""

    def __init__(self, desk: Desk, session: str, tasks: list[Task]) -> None:
        self.desk, self.session, self.tasks = desk, session, tasks
        self.ready: queue.SimpleQueue[Task] = queue.SimpleQueue()

    def run(self) -> None:
        """Work until each task has a result."""
        for task in self.tasks:
            self.ready.put(task)
        while any(task.result is None for task in self.tasks):
            self.work_on(self.ready.get())

    def work_on(self, task: Task) -> None:
        """One attempt, and what follows from its outcome."""
        if task.decision and not self.take_up(task, task.decision):
            return
        approach, work = task.approach
        try:
            result = work(task.guidance)
        except Exception as error:  # whatever it is: the desk knows what to do
            self.give_receipt(task, "failed", "It still does not work.")
            self.obey(task, self.report(task, error, approach), error)
        else:
            self.finish(task, result)

    def finish(self, task: Task, result: str) -> None:
        """The task works now, and so do the problems it had."""
        task.result = result
        say(task, result)
        self.give_receipt(task, "worked", result)
        for signature in set(task.signatures):
            self.desk.healed(signature)

    def report(self, task: Task, error: Exception, approach: str) -> Json:
        """Tell the desk what failed, and remember by which name it knows the problem."""
        verdict = self.desk.report(
            session_id=self.session,
            error_type=type(error).__name__,
            error_message=str(error),
            intent=task.intent,
            approach=approach,
            agent_state={"task": task.name},
            **task.question,
        )
        task.signatures.append(verdict["error_signature"])
        say(task, f"could not {approach}; the desk says: {verdict['verdict']}")
        return verdict

    def obey(self, task: Task, verdict: Json, error: Exception) -> None:
        """Try differently, wait, ask or stop: whatever the verdict says."""
        match verdict["verdict"]:
            case "retry" if task.try_something_else():
                # A language model would read verdict["instruction"] and think of something new.
                self.ready.put(task)
            case "retry":
                self.park(task, self.ask(task, error))
            case "wait":
                delay = verdict["retry_after_s"] * WAIT_SCALE
                threading.Timer(delay, self.ready.put, [task]).start()
            case "escalate":
                self.park(task, verdict["escalation_id"])
            case "pause":
                say(task, "this job is paused until a founder lets it go on")
                self.desk.wait_until_resumed()
                self.ready.put(task)

    def ask(self, task: Task, error: Exception) -> str:
        """No idea is left: ask now. Returns the escalation's id."""
        return self.desk.ask(
            session_id=self.session,
            error_type=type(error).__name__,
            error_signature=task.signatures[-1],
            error_message=str(error),
            attempts_summary=[f"I tried to {words}." for words, _ in task.tried],
            **task.question,
        )

    def park(self, task: Task, escalation_id: str) -> None:
        """Wait for the answer on the side; the task comes back with it."""

        def wait() -> None:
            try:
                task.decision = self.desk.wait_for_decision(escalation_id)
            except Refused as refusal:
                task.decision = {"status": f"lost ({refusal})", "decision": None}
            self.ready.put(task)

        task.escalation_id = escalation_id
        say(task, "asked the founder, going on with the rest")
        threading.Thread(target=wait, daemon=True).start()

    def take_up(self, task: Task, answer: Json) -> bool:
        """Act on the answer. Returns whether there is work to do now."""
        task.decision = None
        choice = answer["decision"]
        say(task, f"the answer is {choice or answer['status']}")
        if answer["status"] == "resolved" and choice != "skip_feature":
            self.give_receipt(task, "picked_up", "I am on it.")
            task.follow(choice, answer["guidance"])
            return True
        task.result = "left out"
        if answer["status"] in ("resolved", "skipped"):  # not when it was withdrawn or expired
            self.give_receipt(task, "worked", "I left it out and went on.")
        return False

    def give_receipt(self, task: Task, stage: str, note: str) -> None:
        """Tell the founder what became of the answer, if there was one."""
        if task.escalation_id:
            self.desk.receipt(task.escalation_id, stage, note)
        if stage != "picked_up":
            task.escalation_id = None


def say(task: Task, line: str) -> None:
    """A line for whoever watches."""
    print(f"{task.name}: {line}", flush=True)


def main() -> None:
    """Build the shop for the job that the environment names."""
    options = argparse.ArgumentParser(description="Build a shop, and ask when stuck.")
    options.add_argument("--folder", type=Path, help="where to build; a new one if left out")
    options.add_argument("--all-verdicts", action="store_true", help="ask until the job is paused")
    chosen = options.parse_args()

    names = ("UNSTUCK_URL", "UNSTUCK_TOKEN", "UNSTUCK_PROJECT", "UNSTUCK_JOB")
    desk = Desk(*(os.environ[name] for name in names))
    session = f"session-{uuid.uuid4().hex[:8]}"
    shop = Shop(chosen.folder or Path(tempfile.mkdtemp(prefix="tea-shop-")))
    agent = Agent(desk, session, shop.tasks(many=chosen.all_verdicts))

    desk.tell(session_id=session, title="Build the tea shop", state="working")
    agent.run()
    page = shop.finish(agent.tasks)
    desk.tell(state="finished")
    print(f"Finished: {page}", *(f"  {task.name}: {task.result}" for task in agent.tasks), sep="\n")


if __name__ == "__main__":
    main()
