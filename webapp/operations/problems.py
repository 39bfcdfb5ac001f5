"""A failure is reported, or is over: the state of a problem, and the verdict for the agent."""

import random
import uuid
from dataclasses import replace

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.models import AgentEscalation, Attempt, Job, Problem
from webapp.operations import asking, jobs, memory, verdicts
from webapp.operations.transaction import transaction
from webapp.operations.verdicts import Report, Verdict
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
    with transaction() as session:
        project_id = jobs.project_of(session, job_id, project_id, by=by)
        by.require(REPORTING, project_id, "report an error")
        key = signature(project_id, told.error_type, told.error_message, told.signature)
        found = classify(told.error_type, told.error_message)
        if told.origin is Origin.MODEL_PROVIDER:
            job = jobs.ensure(session, project_id, job_id, told.session_id)
            return verdicts.on_model_provider(told, found, key, paused=job.state == "paused")
        problem = _seen(session, project_id, key, told, found)
        found = _effective(found, told, problem)
        job = _locked_job(session, project_id, job_id, told.session_id)
        earlier = _approaches(session, problem)
        pending = asking.pending(session, problem)
        state = State(
            category=found.category,
            attempts=problem.attempts_spent,
            waits=problem.waits_spent,
            has_pending_escalation=pending is not None,
            job_is_paused=job.state == "paused",
            answered=problem.answer_is_news,
        )
        decision = decide(state, random.random())  # noqa: S311 - spreads retries, hides nothing
        tried = [*earlier, told.approach] if told.approach else earlier
        _spend(session, problem, job, told, decision)
        escalation = _ask(session, problem, job, told, found, decision, pending, tried)
        _tell(session, job, problem, found, decision)
        return verdicts.on_problem(told, found, problem, decision, tried, earlier, escalation)


def heal(job_id: str, project_id: str | None, error_signature: str, *, by: Actor) -> Problem | None:
    """That problem is over: its budget is whole again. One that is not open stays as it is."""
    with transaction() as session:
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
        by.require(ANSWERING, escalation.project_id, "correct a category")
        problem = memory.lock(session, escalation.project_id, escalation.error_signature)
        if problem is None:
            raise Conflict("An agent asked this directly, so there is no category to correct.")
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
    return escalation


def _seen(
    session: Session, project_id: str, key: str, told: Report, found: Classification
) -> Problem:
    """Count the problem as seen once more, made if new, and lock its row."""
    moment = now()
    values = {
        "project_id": project_id,
        "error_signature": key,
        "error_type": told.error_type,
        "family": found.family.value,
        "category": found.category.value,
        "seen": 1,
        "first_seen_at": moment,
        "last_seen_at": moment,
    }
    statement = insert(Problem).values(**values)
    again = {
        "seen": literal_column("problems.seen + 1"),
        "last_seen_at": moment,
        "family": found.family.value,
        "category": found.category.value,
        "is_open": True,
    }
    upsert = statement.on_conflict_do_update(
        index_elements=["project_id", "error_signature"], set_=again
    )
    query = select(Problem).from_statement(upsert.returning(Problem))
    fresh = {"populate_existing": True}
    problem: Problem = session.scalars(query, execution_options=fresh).one()
    return problem


def _effective(found: Classification, told: Report, problem: Problem) -> Classification:
    """The founder's correction counts most, then what the agent says, then the rules."""
    if problem.corrected_category:
        category = Category(problem.corrected_category)
        reason = "a founder of this project said so"
        return replace(found, category=category, rule="corrected_by_founder", reason=reason)
    if told.category is not None:
        reason = "the agent said so"
        return replace(found, category=told.category, rule="reported_by_agent", reason=reason)
    return found


def _locked_job(session: Session, project_id: str, job_id: str, session_id: str) -> Job:
    job = jobs.ensure(session, project_id, job_id, session_id)
    session.refresh(job, with_for_update={"key_share": True})
    return job


def _approaches(session: Session, problem: Problem) -> list[str]:
    latest = session.scalars(
        select(Attempt.approach)
        .where(Attempt.problem_id == problem.id, Attempt.approach.is_not(None))
        .order_by(Attempt.id.desc())
        .limit(APPROACHES_KEPT)
    ).all()
    return [approach for approach in reversed(latest) if approach]


def _spend(session: Session, problem: Problem, job: Job, told: Report, decision: Decision) -> None:
    problem.attempts_spent = decision.attempts
    problem.waits_spent = decision.waits
    if decision.verdict is not VerdictKind.PAUSE:
        problem.answer_is_news = False
    session.add(
        Attempt(
            problem_id=problem.id,
            job=job.id,
            session_id=told.session_id,
            intent=told.intent,
            approach=told.approach,
            verdict=decision.verdict.value,
            at=now(),
        )
    )


def _ask(
    session: Session,
    problem: Problem,
    job: Job,
    told: Report,
    found: Classification,
    decision: Decision,
    pending: AgentEscalation | None,
    tried: list[str],
) -> AgentEscalation | None:
    if decision.joins_escalation and pending is not None:
        return asking.join(session, pending, job, told.agent_state)
    if decision.opens_escalation:
        return asking.open_from_report(session, problem, job, told, found, tried)
    return None


def _tell(
    session: Session, job: Job, problem: Problem, found: Classification, decision: Decision
) -> None:
    kinds = {VerdictKind.RETRY: Kind.RETRYING, VerdictKind.WAIT: Kind.BACKING_OFF}
    kind = kinds.get(decision.verdict)
    if kind is None:
        return
    record(
        session,
        job.id,
        kind,
        error_signature=problem.error_signature,
        error_type=problem.error_type,
        category=found.category.value,
        family=found.family.value,
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        retry_after_s=decision.retry_after_s,
    )
