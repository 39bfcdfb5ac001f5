"""A founder's correction of a category, for all problems of a project that one rule recognises."""

from flask_babel import lazy_gettext
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import Action, AgentEscalation, CategoryCorrection
from webapp.operations import audit
from webapp.operations.transaction import transaction
from webapp.queries import corrections as queries
from webapp.queries.screens import job_of
from webapp.rules.categories import Category


def keep(session: Session, escalation: AgentEscalation, category: Category, *, by: Actor) -> str:
    """Let the category count for all problems that are recognised as this one was, from the next
    report on. Returns the rule. It takes the place of an earlier correction. Inside a
    transaction. Raises Conflict where no rule recognised it."""
    rule = queries.rule_of(escalation)
    if rule is None:
        raise Conflict(
            lazy_gettext(
                "No rule recognizes this problem, so there are no others of its kind. Save it for "
                "this problem alone."
            )
        )
    said = {
        "category": category.value,
        "corrected_by": by.name,
        "corrected_at": now(),
        "escalation_id": escalation.id,
    }
    kept = insert(CategoryCorrection).values(project_id=escalation.project_id, rule=rule, **said)
    session.execute(kept.on_conflict_do_update(index_elements=["project_id", "rule"], set_=said))
    audit.note(
        session,
        by=by,
        action=Action.CORRECTION_MADE,
        project_id=escalation.project_id,
        subject=rule,
        category=category.value,
    )
    return rule


def remove(correction_id: int, *, by: Actor) -> None:
    """End a correction: from the next report on, the rule's own category counts again. One that is
    gone already stays gone."""
    with transaction() as session:
        correction = queries.find(session, correction_id, by=by)
        by.require(ANSWERING, correction.project_id, lazy_gettext("remove this correction"))
        gone = delete(CategoryCorrection).where(CategoryCorrection.id == correction.id)
        if session.scalar(gone.returning(CategoryCorrection.id)) is None:
            return
        audit.note(
            session,
            by=by,
            action=Action.CORRECTION_REMOVED,
            project_id=correction.project_id,
            subject=correction.rule,
            category=correction.category,
        )
        _tell(session, correction, by)


def _tell(session: Session, correction: CategoryCorrection, by: Actor) -> None:
    """Put it into the log of the job at whose question it was made."""
    at = correction.escalation_id
    asked = None if at is None else session.get(AgentEscalation, at)
    job = None if asked is None else job_of(session, asked)
    if job is not None:
        record(
            session,
            job.id,
            Kind.CORRECTION_REMOVED,
            rule=correction.rule,
            category=correction.category,
            removed_by=by.name,
        )
