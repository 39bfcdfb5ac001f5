"""A failure is reported, or is over: the state of a problem, and the verdict for the agent."""

import random
import uuid
from dataclasses import replace

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import Action, AgentEscalation, Problem
from webapp.operations import asking, audit, cases, jobs, memory, verdicts
from webapp.operations.cases import Case, Report
from webapp.operations.transaction import transaction
from webapp.operations.verdicts import Verdict
from webapp.queries import escalations as escalation_queries
from webapp.rules.categories import Category, Origin, VerdictKind
from webapp.rules.classification import Classification, classify
from webapp.rules.retry_policy import Decision, State, decide
from webapp.rules.signature import signature

APPROACHES_KEPT = 50
"""How many approaches of a problem a verdict names, the latest ones."""


def report(job_id: str, project_id: str | None, told: Report, *, by: Actor) -> Verdict:
    """Take a failure in: recognise it, count it, decide, and ask the founder if it must be.

    Verdict, attempt, escalation and events are one transaction. The problem's row is locked first:
    simultaneous reports of one signature are taken one after the other.
    """
    with transaction("report") as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "report an error")
        key = signature(project_id, told.error_type, told.error_message, told.signature)
        found = classify(told.error_type, told.error_message)
        if told.origin is Origin.MODEL_PROVIDER:
            job = jobs.ensure(session, project_id, job_id, told.session_id)
            return verdicts.on_model_provider(told, found, key, paused=job.state == "paused")
        case = cases.take(session, project_id, job_id, key, told, found)
        found = _effective(found, told, case)
        tried_before, pending_id = cases.earlier(session, case)
        pending = asking.pending(session, pending_id)
        state = State(
            category=found.category,
            attempts=case.attempts_spent,
            waits=case.waits_spent,
            has_pending_escalation=pending is not None,
            job_is_paused=case.job_state == "paused",
            answered=case.answer_is_news,
        )
        decision = decide(state, random.random())  # noqa: S311 - spreads retries, hides nothing
        tried = [*tried_before, told.approach] if told.approach else tried_before
        cases.spend(session, case, told, decision)
        escalation = _ask(session, case, told, found, decision, pending, tried)
        _tell(session, case, found, decision)
        return verdicts.on_problem(told, found, case, decision, tried, tried_before, escalation)


def heal(job_id: str, project_id: str | None, error_signature: str, *, by: Actor) -> Problem | None:
    """That problem is over: its budget is whole again. One that is not open stays as it is."""
    with transaction("heal") as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "report a success")
        problem = memory.lock(session, project_id, error_signature)
        job = jobs.ensure(session, project_id, job_id, None)
        if problem is None or not problem.is_open:
            return problem
        attempts = problem.attempts_spent
        problem.attempts_spent = problem.waits_spent = 0
        problem.answer_is_news = problem.is_open = False
        problem.healed += 1
        kind = Kind.ERROR_HEALED
        record(session, job.id, kind, error_signature=error_signature, attempts=attempts)
    return problem


def correct_category(escalation_id: uuid.UUID, category: Category, *, by: Actor) -> AgentEscalation:
    """The founder says what kind of problem it really is; the project remembers that for its
    signature. It counts from the next report on."""
    with transaction() as session:
        escalation = escalation_queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("correct a category"))
        problem = memory.lock(session, escalation.project_id, escalation.error_signature)
        if problem is None:
            raise Conflict(
                lazy_gettext("An agent asked this directly, so there is no category to correct.")
            )
        if problem.corrected_category == category.value:
            return escalation
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


def _effective(found: Classification, told: Report, case: Case) -> Classification:
    """The founder's correction counts most, then what the agent says, then the rules."""
    if case.corrected_category:
        category = Category(case.corrected_category)
        reason = "a founder of this project said so"
        return replace(found, category=category, rule="corrected_by_founder", reason=reason)
    if told.category is not None:
        reason = "the agent said so"
        return replace(found, category=told.category, rule="reported_by_agent", reason=reason)
    return found


def _ask(
    session: Session,
    case: Case,
    told: Report,
    found: Classification,
    decision: Decision,
    pending: AgentEscalation | None,
    tried: list[str],
) -> AgentEscalation | None:
    if decision.joins_escalation and pending is not None:
        return asking.join(session, pending, case.job, told.agent_state)
    if decision.opens_escalation:
        return asking.open_from_report(session, case, told, found, tried, decision.waits)
    return None


def _tell(session: Session, case: Case, found: Classification, decision: Decision) -> None:
    kinds = {VerdictKind.RETRY: Kind.RETRYING, VerdictKind.WAIT: Kind.BACKING_OFF}
    kind = kinds.get(decision.verdict)
    if kind is None:
        return
    record(
        session,
        case.job,
        kind,
        error_signature=case.error_signature,
        error_type=case.error_type,
        category=found.category.value,
        family=found.family.value,
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        retry_after_s=decision.retry_after_s,
    )
