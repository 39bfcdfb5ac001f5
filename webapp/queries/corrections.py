"""Corrections of categories that count for a whole rule."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.models import AgentEscalation, CategoryCorrection
from webapp.queries.scope import visible
from webapp.rules.classification import classify
from webapp.rules.retelling import reason_of


def rule_of(escalation: AgentEscalation) -> str | None:
    """The rule that recognises a problem, whatever category it was given; None without one, and for
    what an agent asked directly."""
    if not escalation.from_report or not escalation.category or not escalation.error_message:
        return None
    rule = classify(escalation.error_type, escalation.error_message).rule
    return None if reason_of(rule) is None else rule


def find(session: Session, correction_id: int, *, by: Actor) -> CategoryCorrection:
    """The correction, or NotFound when there is none or the caller may not see it."""
    query = select(CategoryCorrection).where(
        CategoryCorrection.id == correction_id, visible(CategoryCorrection.project_id, by)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "Correction not found. It may be removed already, or you may not have access to "
                "its project."
            )
        )
    return found


def listed(session: Session, *, by: Actor, limit: int) -> Sequence[CategoryCorrection]:
    """The corrections in the caller's projects, the latest first."""
    query = select(CategoryCorrection).where(visible(CategoryCorrection.project_id, by))
    order = (CategoryCorrection.corrected_at.desc(), CategoryCorrection.id)
    return session.scalars(query.order_by(*order).limit(limit)).all()
