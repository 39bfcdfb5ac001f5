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
from webapp.extensions import db
from webapp.models import Action, AgentEscalation, Problem
from webapp.operations import (
    asking,
    audit,
    cases,
    jobs,
    memory,
    outages,
    quotas,
    repeats,
    spending,
    verdicts,
)
from webapp.operations.cases import Case, Report
from webapp.operations.transaction import single_statement, transaction
from webapp.operations.verdicts import Verdict
from webapp.queries import escalations as escalation_queries
from webapp.rules.categories import Category, Origin
from webapp.rules.classification import Classification, classify
from webapp.rules.outages import (
    ERROR_TYPE,
    OVER_AFTER_S,
    SUBJECT,
    Outage,
    as_outage,
    needs_a_person,
)
from webapp.rules.retry_policy import Decision, State, decide
from webapp.rules.signature import signature


def report(
    job_id: str,
    project_id: str | None,
    told: Report,
    *,
    by: Actor,
    most_open: int | None = None,
) -> Verdict:
    """Take a failure in: recognise it, count it, decide, and ask the founder if it must be.

    Verdict, attempt, escalation and events are one transaction. Most reports need one statement for
    it; the others, and those that met with a simultaneous report, lock the problem's row first, so
    that they are taken one after the other. The same report again gets the same verdict. Raises
    TooManyQuestions where it would open one more than `most_open` in the project.
    """
    project_id = jobs.project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "report an error")
    told = replace(cases.taken_in(told), opened_by=by.opens_in(project_id))
    found = classify(told.error_type, told.error_message)
    if told.origin is Origin.MODEL_PROVIDER and not needs_a_person(found, told.category):
        return _of_outage(job_id, project_id, told, as_outage(found), most_open)
    key = signature(project_id, told.error_type, told.error_message, told.signature)
    with single_statement("report") as session:
        case = cases.look(session, project_id, job_id, key, told, found)
        verdict = repeats.of(case, told) or _on_record(session, case, told, found)
    if verdict is not None:
        return verdict
    with transaction("report") as session:
        case = cases.take(session, project_id, job_id, key, told, found)
        verdict = repeats.of(case, told) or _on_record(session, case, told, found)
        return verdict or _asked(session, case, told, found, most_open)


def _of_outage(
    job_id: str, project_id: str, told: Report, found: Classification, most_open: int | None
) -> Verdict:
    """Trouble of the model provider that waiting may cure: one problem, however each failed request
    words it."""
    key = signature(project_id, ERROR_TYPE, SUBJECT, told.signature)
    with transaction("report") as session:
        case = cases.take(session, project_id, job_id, key, told, found)
        if repeated := repeats.of(case, told):
            return repeated
        case = asking.with_pending(case.with_news_only(OVER_AFTER_S), told, found)
        outage = outages.note(session, case.job, anew=case.is_news)
        decision = _decision(case, found, outage)
        verdict = _stored(session, case, told, found, decision)
        return verdict or _asked(session, case, told, found, most_open, outage)


def _on_record(session: Session, case: Case, told: Report, found: Classification) -> Verdict | None:
    """Decide, and put the report on record. None when a new question has to be asked, or when the
    case moved meanwhile."""
    found = _effective(found, told, case)
    case = asking.with_pending(case, told, found)
    return _stored(session, case, told, found, _decision(case, found))


def _stored(
    session: Session, case: Case, told: Report, found: Classification, decision: Decision
) -> Verdict | None:
    """Put a report on record that asks nothing new. None, and nothing is changed, for any other,
    and when the case moved meanwhile."""
    if decision.opens_escalation:
        return None
    joined = case.pending if decision.joins_escalation else None
    verdict = verdicts.on_problem(told, found, case, decision, joined)
    if decision.joins_escalation:
        done = spending.join(session, case, told, decision, verdict)
    else:
        done = spending.spend(session, case, told, found, decision, verdict)
    return verdict if done else None


def _asked(
    session: Session,
    case: Case,
    told: Report,
    found: Classification,
    most_open: int | None,
    outage: Outage | None = None,
) -> Verdict:
    """Put the report on record and ask the founder. Inside a transaction, the case taken."""
    found = _effective(found, told, case) if outage is None else found
    case = asking.with_pending(case, told, found)
    decision = _decision(case, found, outage)
    quotas.check_room(session, case.project_id, case.job_id, most_open)
    spending.spend(session, case, told, found, decision)
    waits = decision.waits if outage is None else outage.waits
    asked = asking.open_from_report(session, case, told, found, waits)
    if not asked.is_pending:  # a standing rule answered it: the verdict follows that answer
        case = cases.look(session, case.project_id, case.job_id, case.error_signature, told, found)
        decision = _decision(case, found, outage)
        memory.take_up_answer(session, case.problem, decision.attempts)
    verdict = verdicts.on_problem(
        told, found, case, decision, asked.id if asked.is_pending else None
    )
    repeats.keep(session, case.job, told, verdict)
    return verdict


def _decision(case: Case, found: Classification, outage: Outage | None = None) -> Decision:
    state = State(
        category=found.category,
        attempts=case.attempts_spent,
        waits=case.waits_spent,
        has_pending_escalation=case.pending is not None,
        job_is_paused=case.job_state == "paused",
        origin=Origin.WORK if outage is None else Origin.MODEL_PROVIDER,
        outage=outage,
        answered=case.is_news,
        given=case.given,
    )
    return decide(state, random.random())  # noqa: S311 - spreads retries, hides nothing


def heal(job_id: str, project_id: str | None, error_signature: str, *, by: Actor) -> Problem | None:
    """That problem is over: its budget is whole again. One that is not open stays as it is."""
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
        if not was_open:
            return problem
        problem.healed += 1
        known = problem.error_signature
        record(session, job.id, Kind.ERROR_HEALED, error_signature=known, attempts=attempts)
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
