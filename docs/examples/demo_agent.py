"""An agent that builds a shop, gets stuck, asks the founder, and goes on with the answers.

This is the example to copy. It needs the package in `client/` and four variables:

    pip install ./client
    export UNSTUCK_URL=http://127.0.0.1:5000 UNSTUCK_TOKEN=…
    export UNSTUCK_PROJECT=tea-shop UNSTUCK_JOB=build-1
    python docs/examples/demo_agent.py [--folder FOLDER] [--all-verdicts]

The work itself is in `demo_shop.py` and knows nothing of Unstuck: where it has a list of
approaches, an agent of your own asks its language model for the next one.
"""

import argparse
import logging
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from demo_shop import Shop
from demo_task import Task
from unstuck import Answer, Attempt, Skipped, Unstuck


def work_on(unstuck: Unstuck, task: Task) -> None:
    """Try until the task has a result. What is stuck waits here and doesn't block the others."""
    state = {"task": task.name}
    try:
        words = {**task.question, "reply": lambda _question: tell_tried(task)}
        for attempt in unstuck.attempts(task.intent, step=task.name, state=state, **words):
            with attempt, next_approach(unstuck, task, attempt) or nullcontext() as asked:
                for name, key in attempt.secrets.items():
                    key.to_file(task.keys / name)  # nobody reads it on the way
                attempt.approach, work = task.approach
                task.result = work(task.guidance)
                if answer := asked or attempt.answer:
                    answer.worked(task.result)
    except Skipped:
        task.result = "left out"
    print(f"{task.name}: {task.result}", flush=True)


def next_approach(unstuck: Unstuck, task: Task, attempt: Attempt) -> Answer | None:
    """Choose what to try now: what the founder said, or something else, or ask what to do.

    A language model would read `attempt.instruction` and think of something new.
    """
    if attempt.answer:
        task.follow(attempt.answer)
    elif attempt.verdict and attempt.verdict.verdict == "retry" and not task.try_something_else():
        answer = ask(unstuck, task, attempt.verdict.error_signature)
        task.follow(answer)
        return answer
    return None


def ask(unstuck: Unstuck, task: Task, error_signature: str | None) -> Answer:
    """No idea is left: ask now, in our own words. Before deciding, the founder may ask back."""
    answer = unstuck.ask(
        task.question["plain_english_problem"],
        task.question["options"],
        recommended_action=task.question["recommended_action"],
        attempts_summary=task.tried_in_words(),
        error_signature=error_signature,
        answer_schema=task.question.get("answer_schema"),
        reply=lambda _question: tell_tried(task),
    )
    if answer.leaves_out:
        raise Skipped(answer)
    return answer


def tell_tried(task: Task) -> str:
    """Reply to what the founder asks. A language model would read the question."""
    return " ".join(["I only know what I tried.", *task.tried_in_words()])


def main() -> None:
    """Build the shop for the job that the environment names."""
    options = argparse.ArgumentParser(description="Build a shop, and ask when stuck.")
    options.add_argument("--folder", type=Path, help="where to build; a new one if left out")
    options.add_argument("--all-verdicts", action="store_true", help="ask until the job is paused")
    chosen = options.parse_args()
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)

    unstuck = Unstuck.from_env()
    shop = Shop(chosen.folder or Path(tempfile.mkdtemp(prefix="tea-shop-")))
    tasks = shop.tasks(many=chosen.all_verdicts)

    unstuck.update(title="Build the tea shop", state="working")
    with ThreadPoolExecutor(len(tasks)) as threads:
        list(threads.map(lambda task: work_on(unstuck, task), tasks))
    page = shop.finish(tasks)
    unstuck.update(state="finished")
    print(f"Finished: {page}", *(f"  {task.name}: {task.result}" for task in tasks), sep="\n")


if __name__ == "__main__":
    main()
