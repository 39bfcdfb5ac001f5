"""What an answer carries of the secrets that were handed over for its question."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import AgentEscalation, HandedSecret
from webapp.rules.answer_schema import Field, missing, secrets_of


def present(session: Session, escalation_id: uuid.UUID) -> dict[str, str]:
    """The refs of the secrets of a question that can still be taken, by name."""
    query = select(HandedSecret.name, HandedSecret.ref).where(
        HandedSecret.escalation_id == escalation_id,
        HandedSecret.wiped_at.is_(None),
        HandedSecret.expires_at > now(),
    )
    return {row.name: row.ref for row in session.execute(query)}


def carried(
    session: Session, escalation: AgentEscalation, decision: str | None
) -> dict[str, Any] | None:
    """What the answer says about secrets: that each is stored, and under which ref. None where
    there is nothing to say."""
    asked = secrets_of(escalation.answer_schema)
    if not asked:
        return None
    refs = present(session, escalation.id)
    return {
        each.name: {"secret": "stored", "ref": refs[each.name]}
        for each in asked
        if each.name in refs and each.belongs_to(decision)
    } or None


def lacking(session: Session, escalation: AgentEscalation, decision: str | None) -> list[Field]:
    """The secrets that an answer with that decision needs, and that nobody has entered."""
    asked = secrets_of(escalation.answer_schema)
    if not any(each.required for each in asked):
        return []
    return missing(asked, decision, present(session, escalation.id))


def wipe_unused(
    session: Session, escalation: AgentEscalation, carried: Mapping[str, Any] | None
) -> None:
    """Wipe what was entered for a question and does not go along with its answer."""
    kept: Collection[str] = [said["ref"] for said in (carried or {}).values() if "ref" in said]
    session.execute(
        update(HandedSecret)
        .where(
            HandedSecret.escalation_id == escalation.id,
            HandedSecret.wiped_at.is_(None),
            HandedSecret.ref.not_in(kept),
        )
        .values(sealed=None, wiped_at=now(), wiped_why="unused")
        .execution_options(synchronize_session=False)
    )
