"""What became of questions, for the agents that wait."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import rfc3339
from webapp.events.kinds import Kind
from webapp.events.log import Event
from webapp.models import AgentEscalation, EscalationWaiter, Job

_TOLD_WHOLE = frozenset({Kind.ESCALATION_RESOLVED, Kind.ESCALATION_EXPIRED})


@dataclass(frozen=True)
class Decision:
    """How a question left `pending`. `resolved_at` as RFC 3339; `digest` is that of the question
    that was answered."""

    status: str
    decision: str | None
    label: str | None
    digest: str | None
    guidance: str | None
    answers: dict[str, Any] | None
    resolved_at: str | None
    decided_by: str | None
    delivered: bool
    notes: Sequence[dict[str, Any]] = ()

    @property
    def answered(self) -> bool:
        """Whether it has an answer, be it the default of its deadline; else it was closed without
        one."""
        return self.status in ("resolved", "skipped") or self.decision is not None

    def data(self) -> dict[str, Any]:
        """The names and forms of CONTRACT.md; `notes` only where there are any."""
        told = {"notes": [_note(each) for each in self.notes]} if self.notes else {}
        return {
            "status": self.status,
            "decision": self.decision,
            "label": self.label,
            "digest": self.digest,
            "guidance": self.guidance,
            "answers": self.answers,
            "resolved_at": self.resolved_at,
            "decided_by": self.decided_by,
            **told,
        }


def _note(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in ("id", "name", "text", "at")}


def of(escalation: AgentEscalation) -> Decision | None:
    """The decision on an escalation, or None while it is pending."""
    if escalation.is_pending:
        return None
    return Decision(
        escalation.status,
        escalation.founder_decision,
        escalation.label,
        escalation.digest,
        escalation.founder_guidance,
        escalation.answers,
        rfc3339(escalation.resolved_at),
        escalation.decided_by,
        escalation.delivered_at is not None,
        escalation.notes,
    )


def pending(escalation: AgentEscalation, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What an agent is told that waits for its turn: nothing is decided, and this was said."""
    nothing: dict[str, Any] = dict.fromkeys(Decision.__dataclass_fields__)
    undecided = Decision(**nothing | {"status": "pending", "digest": escalation.digest})
    said = ("id", "by", "name", "text", "at")
    return undecided.data() | {
        "turn": "agent",
        "messages": [{name: message[name] for name in said} for message in messages],
    }


def entry(escalation: AgentEscalation) -> dict[str, Any]:
    """The decision as one of many: with whose it is, and what the agent wants back with it."""
    found = of(escalation)
    return {
        "escalation_id": str(escalation.id),
        "project_id": escalation.project_id,
        "job_id": escalation.job_id,
        "error_signature": escalation.error_signature,
        **(found.data() if found else {}),
        "agent_state": escalation.agent_state,
    }


def to_deliver(escalations: Iterable[AgentEscalation], by: Actor) -> list[uuid.UUID]:
    """Those of them whose answer reaches an agent now for the first time."""
    return [
        each.id
        for each in escalations
        if each.has_answer and each.delivered_at is None and by.role_in(each.project_id) == "agent"
    ]


def from_event(event: Event) -> Decision | None:
    """The decision that an event tells whole, or None: the row knows."""
    payload = event.payload
    if event.kind not in _TOLD_WHOLE or "digest" not in payload:
        return None
    expired = event.kind == Kind.ESCALATION_EXPIRED
    person_or_rule = "rule" if payload.get("rule_maker") else "person"
    answered = payload["status"] == "resolved" or payload["label"] is not None
    return Decision(
        payload["status"],
        payload["resolution"] if answered else None,
        payload["label"],
        payload["digest"],
        payload["guidance"],
        payload.get("answers"),
        payload["resolved_at"],
        "deadline" if expired else person_or_rule,
        delivered=False,
    )


def tells_answer(event: Event) -> bool:
    """Whether the event brings an agent something to follow."""
    return event.kind == Kind.ESCALATION_RESOLVED or (
        event.kind == Kind.ESCALATION_EXPIRED and event.payload.get("label") is not None
    )


def decided(session: Session, escalation_id: uuid.UUID) -> Decision | None:
    """The decision on the escalation, or None while it is pending or where there is none such."""
    escalation = session.get(AgentEscalation, escalation_id, populate_existing=True)
    return None if escalation is None else of(escalation)


def undelivered(session: Session, escalation_ids: Collection[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Those of the escalations whose answer has not reached any agent, as far as is known."""
    query = select(AgentEscalation.id).where(
        AgentEscalation.id.in_(escalation_ids), AgentEscalation.delivered_at.is_(None)
    )
    return session.scalars(query).all()


def state_of_waiter(
    session: Session, escalation: AgentEscalation, job_id: str
) -> dict[str, Any] | None:
    """What the agent of that job asked to be given back; None when the job does not wait."""
    return session.scalar(
        select(EscalationWaiter.agent_state)
        .join(Job, Job.id == EscalationWaiter.job)
        .where(
            EscalationWaiter.escalation_id == escalation.id,
            Job.project_id == escalation.project_id,
            Job.job_id == job_id,
        )
    )
