"""An agent's own questions: one card for each, and the answers once all of them are there."""

import json
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, after_this_request, request

from webapp.actors import Actor
from webapp.desk.api import escalations, reading
from webapp.desk.api.hooks.events import Asked, Question
from webapp.desk.api.schemas.parts import LONGEST_NAME
from webapp.desk.api.schemas.requests import NewEscalation, WhichProject
from webapp.live.answer_wait import AnswerWait, note_deliveries
from webapp.live.service import live
from webapp.live.socket_writer import client_is_gone
from webapp.queries.decisions import Decision

IN_TERMINAL: Final = "answer_in_terminal"
SOMETHING_ELSE: Final = "something_else"
_ADDED: Final = (
    {
        "value": SOMETHING_ELSE,
        "label": "Something else",
        "description": "Write the answer in your own words below.",
    },
    {
        "value": IN_TERMINAL,
        "label": "Answer in the terminal",
        "description": "The agent shows the question where it runs, and waits there.",
    },
)
_RECOMMENDED: Final = "(recommended)"


@dataclass(frozen=True)
class Answered:
    """A question with what became of it."""

    question: Question
    found: Decision

    @property
    def text(self) -> str:
        """The founder's answer as the agent reads it: a label, or words of their own."""
        guidance = self.found.guidance or ""
        if self.found.decision == SOMETHING_ELSE:
            return guidance or "None of the options."
        chosen = self.found.label or self.found.decision or ""
        return f"{chosen}. The founder adds: {guidance}" if guidance else chosen


def ask(asked: Asked, job_id: str, project_id: str | None, *, by: Actor) -> list[UUID]:
    """Open a card for each question; their ids. The same event again opens no other."""
    which = WhichProject(project_id=project_id)
    return [
        _open(_body(asked, question), f"{asked.id}:{number}"[-LONGEST_NAME:], job_id, which, by)
        for number, question in enumerate(asked.questions)
    ]


def _open(body: NewEscalation, key: str, job_id: str, which: WhichProject, by: Actor) -> UUID:
    return UUID(json.loads(escalations.create_escalation(job_id, body, which, key, by).body)["id"])


def _body(asked: Asked, question: Question) -> NewEscalation:
    values: dict[str, Any] = {
        "session_id": asked.source.session_id,
        "error_type": "Question",
        "plain_english_problem": question.text,
    }
    if question.several:
        listed = "".join(f"\n- {_line(option)}" for option in question.options)
        values["plain_english_problem"] += f"\n\nSeveral of these may apply:{listed}"
    elif question.options:
        values |= _choices(question)
    return reading.arguments(NewEscalation, values)


def _line(option: dict[str, str]) -> str:
    return option["label"] + (f": {option['description']}" if option["description"] else "")


def _choices(question: Question) -> dict[str, Any]:
    """The options, each once, and the two that every question of a hook has."""
    own = {option["label"][:LONGEST_NAME]: option for option in question.options}
    options = [{"value": value, **option} for value, option in own.items()]
    best = (value for value in own if value.lower().rstrip().endswith(_RECOMMENDED))
    return {"options": [*options, *_ADDED], "recommended": next(best, None)}


def wait(
    questions: list[Question], keys: list[UUID], seconds: float, *, by: Actor
) -> list[Answered] | None:
    """What became of all of them; None if one is still pending after so many seconds."""
    end = time.monotonic() + seconds
    answered, delivered = [], []
    for question, key in zip(questions, keys, strict=True):
        with AnswerWait(key, by) as waiting:
            found = waiting.until_answered(max(0.0, end - time.monotonic()))
        if found is None:
            return None
        answered.append(Answered(question, found))
        delivered += [key] if waiting.is_first_delivery(found) else []
    _note(delivered)
    return answered


def _note(keys: list[UUID]) -> None:
    """Note the delivery once the response is sent, if somebody is there to get it."""

    @after_this_request
    def noting(response: Response) -> Response:
        if keys and not client_is_gone(request.environ):
            service = live()
            response.call_on_close(lambda: note_deliveries(service, keys))
        return response
