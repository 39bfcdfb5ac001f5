"""Reads shaped for the secrets of a question: which are asked for, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.models import AgentEscalation, HandedSecret, Job, SecretTaking
from webapp.queries.screens import question
from webapp.rules.answer_schema import Field, secrets_of
from webapp.rules.options import find, needs_words


@dataclass(frozen=True)
class Taking:
    """Who took a secret, for which job, and when."""

    who: str
    job: str
    at: datetime


@dataclass(frozen=True)
class Secret:
    """One secret that a question asks for, and the row of the latest value, if any was entered."""

    field: Field
    row: HandedSecret | None
    takings: Sequence[Taking] = ()

    @property
    def state(self) -> str:
        """missing, present, taken (wiped or not), revoked, expired, or unused."""
        if self.row is None:
            return "missing"
        if self.row.wiped_why in ("revoked", "unused"):
            return self.row.wiped_why
        if self.takings:
            return "taken"
        return "expired" if self.row.wiped_at or self.row.expires_at <= now() else "present"

    @property
    def is_kept(self) -> bool:
        """Whether the value can still be taken."""
        return self.row is not None and self.row.wiped_at is None


def question_secrets(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The secrets that a question asks for, with what became of them. Never a value."""
    escalation = question(session, by, key)
    return {
        "escalation": escalation,
        "secrets": of(session, escalation),
        "may_answer": by.role_in(escalation.project_id) in ANSWERING,
    }


def of(session: Session, escalation: AgentEscalation) -> list[Secret]:
    """The secrets of a question, in the order in which it asks for them."""
    asked = secrets_of(escalation.answer_schema)
    if not asked:
        return []
    query = select(HandedSecret).where(HandedSecret.escalation_id == escalation.id)
    rows = {row.name: row for row in session.scalars(query.order_by(HandedSecret.id))}
    takings = _takings(session, [row.id for row in rows.values()])
    found = []
    for field in asked:
        row = rows.get(field.name)
        found.append(Secret(field, row, takings.get(row.id, ()) if row else ()))
    return found


def _takings(session: Session, ids: Sequence[int]) -> dict[int, list[Taking]]:
    found: dict[int, list[Taking]] = {}
    query = (
        select(SecretTaking, Job.title, Job.job_id)
        .join(Job, Job.id == SecretTaking.job)
        .where(SecretTaking.secret_id.in_(ids))
        .order_by(SecretTaking.taken_at)
    )
    for taking, title, job_id in session.execute(query):
        told = Taking(taking.taken_by, title or job_id, taking.taken_at)
        found.setdefault(taking.secret_id, []).append(told)
    return found


def answers_with(escalation: AgentEscalation) -> tuple[str, str] | None:
    """The option that handing over the secrets chooses as well, by value and label: where all that
    the answer carries are secrets of this one option. None where the founder chooses separately."""
    schema = escalation.answer_schema or {"properties": {}}
    asked = secrets_of(escalation.answer_schema)
    belong = {field.options for field in asked}
    if len(asked) < len(schema["properties"]) or len(belong) != 1:
        return None
    values = next(iter(belong)) or tuple(str(each["value"]) for each in escalation.options)
    option = find(escalation.options, values[0]) if len(values) == 1 else None
    if option is None or option.get("irreversible") or needs_words([option], values[0]):
        return None
    return values[0], escalation.label_of(values[0]) or values[0]
