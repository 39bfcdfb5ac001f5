"""Reads shaped for what a question's page tells of its problem: as what it was recognised and why,
and how it was decided before."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.models import AgentEscalation, Problem
from webapp.queries import corrections, problems, tasks
from webapp.queries.screens import label_of, question
from webapp.rules.retelling import reason_of
from webapp.rules.signature import explain
from webapp.rules.tasks import is_task, key_of

DECISIONS_SHOWN = 3


@dataclass(frozen=True)
class Decided:
    """A question about a problem, with the decision in the words of its option."""

    escalation: AgentEscalation
    decision: str

    @property
    def by_rule(self) -> bool:
        """Whether a standing rule answered, and nobody was asked."""
        return (self.escalation.resolved_by_ref or "").startswith("rule:")


def decided(escalation: AgentEscalation) -> Decided:
    """The question with its decision in words."""
    return Decided(escalation, label_of(escalation, escalation.founder_decision) or "")


def decided_before(session: Session, escalation: AgentEscalation) -> dict[str, Any]:
    """How the same problem was decided before in this project, the latest first."""
    found = problems.decided_before(session, escalation, DECISIONS_SHOWN)
    return {"before": [decided(row) for row in found]}


APPROACHES_SHOWN = 12


def question_kind(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What can fix the problem, who said so if it was a founder, and why it was recognised."""
    escalation = question(session, by, key)
    found = problems.of(session, escalation) if escalation.from_report else None
    return {
        "escalation": escalation,
        "corrected_by": found.corrected_by if found else None,
        "similar": reason_of(corrections.rule_of(escalation)),
    }


def question_details(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What the machine saw: why it recognised the problem, and by what it knows it again."""
    escalation = question(session, by, key)
    found = problems.of(session, escalation) if escalation.from_report else None
    message = escalation.error_message
    return {
        "escalation": escalation,
        "reason": reason_of(escalation.matched_rule),
        "said_by": _said_by(escalation, found),
        "by_agent": escalation.matched_rule == "reported_by_agent",
        "subject": explain(message, escalation.error_type) if message else None,
        "problem_id": found.id if found else None,
        "approaches": _as_told(session, found) if found else _of_task(session, escalation),
    }


def _of_task(session: Session, escalation: AgentEscalation) -> list[str]:
    """The approaches of a question about a task, each after the type of its error, latest first."""
    if not escalation.from_report or not is_task(escalation.error_signature):
        return []
    met = tasks.met(session, escalation.project_id, escalation.job_id, key_of(escalation.intent))
    return [f"{one.error_type}: {one.approach or '–'}" for one in met[:APPROACHES_SHOWN]]


def _as_told(session: Session, found: Problem) -> list[str]:
    """The approaches in the agents' own words, the latest first."""
    attempts = problems.attempts(session, found, APPROACHES_SHOWN)
    return [attempt.approach for attempt, _ in attempts if attempt.approach]


def _said_by(escalation: AgentEscalation, found: Problem | None) -> str | None:
    """The founder who said what kind of problem it is."""
    if found and found.corrected_category == escalation.category:
        return found.corrected_by
    return None
