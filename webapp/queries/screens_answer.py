"""Reads shaped for the state of a question: who answered what, and what became of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, DESK, Actor
from webapp.clock import now
from webapp.models import AgentEscalation
from webapp.queries import assignees, attachments, escalations, pauses, problems
from webapp.queries.screens import decision_label, label_of, question
from webapp.rules.answer_schema import Field, fields_of
from webapp.rules.limits import MOST_ROUNDS

UNHEARD_AFTER: Final = timedelta(minutes=2)
"""An agent that is awake takes an answer up within seconds; by then something is worth a look."""


@dataclass(frozen=True)
class Held:
    """An answer that can still be taken back. A skipped question has no decision; `at` is RFC 3339;
    `left_s` is in how many seconds it goes to the agent."""

    who: str
    at: str
    decision: str | None
    guidance: str | None
    left_s: float


@dataclass(frozen=True)
class Sent:
    """The viewer's own answer that is on its way: of which question, and the answer."""

    id: uuid.UUID
    problem: str
    held: Held


def sent_by(session: Session, by: Actor) -> Sent | None:
    """The viewer's own latest answer that can still be taken back."""
    found = escalations.latest_held(session, by=by)
    held = _held(found) if found else None
    return Sent(found.id, found.plain_english_problem, held) if found and held else None


def question_state(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """Whether the question waits, who answered what, and what became of it."""
    escalation = question(session, by, key)
    return {
        "escalation": escalation,
        "chosen": decision_label(escalation),
        "held": _held(escalation),
        "filled": filled(escalation),
        "notes": [_with_moment(note) for note in escalation.notes],
        **_undone(escalation),
        "unheard_from": _unheard_from(escalation),
        "is_unheard": _is_unheard(escalation),
        "asked_again": escalations.asked_again(session, escalation),
        "rule": None if escalation.is_pending else problems.rule_made_by(session, escalation),
        "problem_id": problems.id_of(session, escalation) if escalation.from_report else None,
        "others": escalations.waiting_count(session, by=by),
        "resumable": None
        if escalation.is_pending and not escalation.is_held
        else pauses.resumable_asker(session, escalation, by=by),
        "may_answer": by.role_in(escalation.project_id) in ANSWERING,
    }


def question_deadline(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """Until when a question can be answered, and what holds if nobody does."""
    escalation = question(session, by, key)
    return {
        "escalation": escalation,
        "default": label_of(escalation, escalation.deadline_then),
        "may_answer": by.role_in(escalation.project_id) in ANSWERING,
    }


def question_assigned(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """Whose question it is, while it waits; None for everyone's. `able` is who may answer it: names
    by id."""
    escalation = question(session, by, key)
    return {
        "escalation": escalation,
        "able": assignees.able(session, escalation.project_id) if escalation.is_pending else {},
        "assigned_to": assignees.names(session, [escalation]).get(escalation.assigned_to),
    }


def question_talk(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What founder and agent said to each other about a question, and whose turn it is."""
    escalation = question(session, by, key)
    return {
        "escalation": escalation,
        "messages": [_with_moment(message) for message in escalation.messages],
        "rounds_left": MOST_ROUNDS - escalation.rounds,
    }


def _with_moment(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"moment": datetime.fromisoformat(said["at"])}


def question_attachments(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The files that the agent attached, with what is shown of each."""
    escalation = question(session, by, key)
    return {"escalation": escalation, "files": attachments.of_question(session, escalation)}


def filled(escalation: AgentEscalation) -> list[tuple[str, str]]:
    """The values that came with the answer, each after its title. Secrets are told of elsewhere."""
    given = escalation.answers or {}
    if escalation.held is not None and escalation.is_held:
        given = escalation.held.get("answers") or {}
    return [
        (field.title, _in_words(field, given[field.name]))
        for field in fields_of(escalation.answer_schema)
        if field.name in given and field.kind != "secret"
    ]


def _in_words(field: Field, value: Any) -> str:
    labels: dict[str, str] = dict(field.choices)
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    return labels.get(value, value) if isinstance(value, str) else str(value)


def _held(escalation: AgentEscalation) -> Held | None:
    """The answer that is taken but not yet with the agent."""
    kept, until = escalation.held, escalation.held_until
    if not escalation.is_held or kept is None or until is None:
        return None
    left = max((until - now()).total_seconds(), 0.0)
    label = label_of(escalation, kept["decision"])
    return Held(kept["by"], kept["at"], label, kept["guidance"], round(left, 1))


def _undone(escalation: AgentEscalation) -> dict[str, str | None]:
    """Who took an answer back; or whose it was, where they could no longer answer."""
    kept = escalation.taken_back or {}
    if kept.get("undone_by_ref") == DESK.ref:
        return {"undone_by": None, "not_sent_of": kept["by"]}
    return {"undone_by": kept.get("undone_by"), "not_sent_of": None}


def _unheard_from(escalation: AgentEscalation) -> datetime | None:
    """From when on it is odd that no agent has picked the answer up; None where one has."""
    if not escalation.has_answer or escalation.picked_up_at or escalation.resolved_at is None:
        return None
    return escalation.resolved_at + UNHEARD_AFTER


def _is_unheard(escalation: AgentEscalation) -> bool:
    moment = _unheard_from(escalation)
    return moment is not None and moment <= now()
