"""A problem after its reports: over, or given another category by the founder."""

import uuid

from flask_babel import lazy_gettext

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.extensions import db
from webapp.models import Action, AgentEscalation, Problem
from webapp.operations import audit, corrections, jobs, memory, outcomes
from webapp.operations.reports.cleaning import agent_text
from webapp.operations.transaction import transaction
from webapp.queries import escalations as escalation_queries
from webapp.queries import ownership
from webapp.queries import problems as queries
from webapp.rules.categories import Category


def heal(job_id: str, project_id: str | None, error_signature: str, *, by: Actor) -> Problem | None:
    """That problem is over: the job's budget for it is whole again. Nothing else changes of one
    that is not open."""
    with transaction("heal") as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "report a success")
        problem = memory.find(session, project_id, error_signature)
        job = jobs.ensure(session, project_id, job_id, None, by.opens_in(project_id))
        if problem is None:
            return problem
        attempts, was_open = problem.attempts_spent, problem.is_open
        problem.attempts_spent = problem.waits_spent = 0
        problem.answer_is_news = problem.is_open = False
        problem.answer = problem.own_answer = None
        job.model_trouble_at = None
        session.flush()  # the job may be new
        about_tasks = memory.begin_anew(session, problem.id, job.id)
        if not was_open:
            return problem
        problem.healed += 1
        if ownership.acts_for(session, project_id, [job.opened_by], by=by):
            outcomes.worked(session, problem, job, about_tasks)
        known = problem.error_signature
        record(session, job.id, Kind.ERROR_HEALED, error_signature=known, attempts=attempts)
    return problem


def heal_task(job_id: str, project_id: str | None, intent: str, *, by: Actor) -> list[str]:
    """End the open problems that the job reported with this intent; their signatures. A job that
    is not known has none."""
    project_id = jobs.project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "report a success")
    wanted = agent_text(intent) or ""
    signatures = queries.open_in_task(db.session(), project_id, job_id, wanted)
    for signature in signatures:
        heal(job_id, project_id, signature, by=by)
    return signatures


def _no_category() -> Conflict:
    return Conflict(
        lazy_gettext("The agent asked this question itself, so it has no category to change.")
    )


def correct_category(
    escalation_id: uuid.UUID, category: Category, *, by: Actor, for_rule: bool = False
) -> AgentEscalation:
    """The founder says what kind of problem it really is; the project remembers that for its
    signature, and with `for_rule` for all problems that the same rule recognises. It counts from
    the next report on."""
    with transaction() as session:
        escalation = escalation_queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("change a category"))
        problem = memory.lock(session, escalation.project_id, escalation.error_signature)
        if problem is None:
            raise _no_category()
        if problem.corrected_category == category.value and not for_rule:
            return escalation
        rule = corrections.keep(session, escalation, category, by=by) if for_rule else None
        problem.corrected_category, problem.corrected_by = category.value, by.name
        escalation.category = category.value
        job = jobs.ensure(session, escalation.project_id, escalation.job_id, None)
        record(
            session,
            job.id,
            Kind.CATEGORY_CORRECTED,
            escalation_id=str(escalation.id),
            error_signature=escalation.error_signature,
            category=category.value,
            corrected_by=by.name,
            rule=rule,
        )
        audit.note(
            session,
            by=by,
            action=Action.CATEGORY_CORRECTED,
            project_id=escalation.project_id,
            subject=escalation.error_signature,
            category=category.value,
        )
    return escalation
