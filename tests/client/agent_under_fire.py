"""An agent that is killed again and again, and started again: asks one question, then fails until
the founder decides. Appends what it did with each decision to the file that is named."""

import sys
from pathlib import Path

from unstuck import Unstuck


def main(record: Path) -> None:
    unstuck = Unstuck.from_env()
    plan = unstuck.ask(
        "Which plan shall I book?", {"basic": "9 EUR a month", "pro": "29 EUR a month"}
    )
    note(record, f"plan {plan.decision}")
    ways = {"use_sqlite": "A file on this machine.", "use_postgres": "A server of its own."}
    question = {"plain_english_problem": "I can't connect the database.", "options": ways}
    state = {"plan": plan.decision}
    for attempt in unstuck.attempts("connect the database", state=state, **question):
        with attempt:
            attempt.approach = f"connect in way {attempt.number}"
            if attempt.decision != "use_sqlite":
                raise LookupError("The database driver has no dialect for this address")
            note(record, f"database {attempt.decision} {attempt.guidance} {attempt.state}")
    unstuck.update(state="finished")
    note(record, "end")


def note(record: Path, line: str) -> None:
    with record.open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
