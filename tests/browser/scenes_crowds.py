"""Desks of other sizes: whoever is asked one question, fifty, or five thousand."""

import uuid
from datetime import timedelta

from scenes import SKIP, ask
from sqlalchemy import insert

from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation

SIZES = {"one": 1, "fifty": 50, "five-thousand": 5000}
WISHES = (
    "Which of the two logos is the current one?",
    "May I write to the customers of last year?",
    "The price list and the shop differ for three products. Which of them is right?",
    "I need a picture of the team, or a word that there is none.",
)


def fill() -> dict[str, str]:
    """All of them; returns the project of each by its name."""
    for name, count in SIZES.items():
        ask("build-1", name, WISHES[0], options=[SKIP], recommended_action="Name it in a word.")
        if count > 1:
            rows = [_row(name, number) for number in range(1, count)]
            db.session.execute(insert(AgentEscalation), rows)
            db.session.commit()
    return {name: name for name in SIZES}


def _row(project: str, number: int) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "session_id": "session-4f2a",
        "job_id": "build-1",
        "project_id": project,
        "error_type": "Question",
        "error_signature": f"{project}:Question:v1-{number:08x}",
        "plain_english_problem": WISHES[number % len(WISHES)],
        "attempts_summary": [],
        "recommended_action": "Tell me in a sentence." if number % 3 else "",
        "options": [SKIP],
        "status": "pending",
        "created_at": now() - timedelta(minutes=7 * number),
        "warnings": [],
        "from_report": False,
        "occurrences": 1,
    }
