"""Take a report of a failure in: recognise it, count it, decide, and give the verdict."""

import random
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from webapp.actors import REPORTING, Actor
from webapp.extensions import db
from webapp.operations import expiring, jobs, memory, outages, quotas
from webapp.operations.reports import escalate, record, repeats
from webapp.operations.reports.cleaning import cleaned
from webapp.operations.reports.context import Report, ReportContext, look, take
from webapp.operations.reports.verdict import Verdict, verdict_on
from webapp.operations.reports.waits import named_s
from webapp.operations.transaction import single_statement, transaction
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
from webapp.rules.retry_policy import WAITS_S, Decision, State, decide
from webapp.rules.signature import signature


def report(
    job_id: str,
    project_id: str | None,
    report: Report,
    *,
    by: Actor,
    most_open: int | None = None,
    waits_s: Sequence[float] = WAITS_S,
) -> Verdict:
    """Take a failure in: recognise it, count it, decide, and ask the founder if it must be.

    Verdict, attempt, escalation and events are one transaction. Most reports need one statement for
    it; the others, and those that met with a simultaneous report, lock the problem's row first, so
    that they are taken one after the other. The same report again gets the same verdict. Raises
    TooManyQuestions where it would open one more than `most_open` in the project. `waits_s` is how
    long to wait for the environment, time after time.
    """
    project_id = jobs.project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "report an error")
    report = replace(cleaned(report), opened_by=by.opens_in(project_id))
    found = classify(report.error_type, report.error_message)
    is_outage = report.origin is Origin.MODEL_PROVIDER
    if is_outage and not needs_a_person(found, report.category, named_s(found, report)):
        return _of_outage(job_id, project_id, report, as_outage(found), most_open)
    waits = tuple(waits_s)
    key = signature(project_id, report.error_type, report.error_message, report.signature)
    with single_statement("report") as session:
        context = look(session, project_id, job_id, key, report, found)
        verdict = repeats.of(context, report)
        if verdict is None:
            expiring.require(report.deadline_at)
            verdict = _on_record(session, context, report, found, waits)
    if verdict is not None:
        return verdict
    with transaction("report") as session:
        quotas.take_turn_if_scarce(session, project_id, most_open)
        context = take(session, project_id, job_id, key, report, found)
        verdict = repeats.of(context, report) or _on_record(session, context, report, found, waits)
        return verdict or _asked(session, context, report, found, most_open, waits_s=waits)


def _of_outage(
    job_id: str, project_id: str, report: Report, found: Classification, most_open: int | None
) -> Verdict:
    """Trouble of the model provider that waiting may cure: one problem, however each failed request
    words it."""
    key = signature(project_id, ERROR_TYPE, SUBJECT, report.signature)
    with transaction("report") as session:
        quotas.take_turn_if_scarce(session, project_id, most_open)
        context = take(session, project_id, job_id, key, report, found)
        if repeated := repeats.of(context, report):
            return repeated
        expiring.require(report.deadline_at)
        context = escalate.with_pending(context.with_news_only(OVER_AFTER_S), report, found)
        outage = outages.note(session, context.job, anew=context.is_news)
        decision = _decision(context, report, found, outage)
        verdict = _stored(session, context, report, found, decision)
        return verdict or _asked(session, context, report, found, most_open, outage)


def _on_record(
    session: Session,
    context: ReportContext,
    report: Report,
    found: Classification,
    waits_s: Sequence[float],
) -> Verdict | None:
    """Decide, and put the report on record. None when a new question has to be asked, or when the
    problem moved meanwhile."""
    found = _effective(found, report, context)
    context = escalate.with_pending(context, report, found)
    decision = _decision(context, report, found, waits_s=waits_s)
    return _stored(session, context, report, found, decision)


def _stored(
    session: Session,
    context: ReportContext,
    report: Report,
    found: Classification,
    decision: Decision,
) -> Verdict | None:
    """Put a report on record that asks nothing new. None, and nothing is changed, for any other,
    and when the problem moved meanwhile."""
    if decision.opens_escalation:
        return None
    joined = context.pending if decision.joins_escalation else None
    verdict = verdict_on(report, found, context, decision, joined)
    if decision.joins_escalation:
        done = record.joined(session, context, report, decision, verdict)
    else:
        done = record.attempt(session, context, report, found, decision, verdict)
    return verdict if done else None


def _asked(
    session: Session,
    context: ReportContext,
    report: Report,
    found: Classification,
    most_open: int | None,
    outage: Outage | None = None,
    waits_s: Sequence[float] = WAITS_S,
) -> Verdict:
    """Put the report on record and ask the founder. Inside a transaction, the problem locked."""
    found = _effective(found, report, context) if outage is None else found
    context = escalate.with_pending(context, report, found)
    decision = _decision(context, report, found, outage, waits_s)
    quotas.room(session, context.project_id, context.job_id, most_open).check()
    record.attempt(session, context, report, found, decision)
    waits = decision.waits if outage is None else outage.waits
    asked = escalate.open_from_report(session, context, report, found, waits)
    if not asked.is_pending:  # a standing rule answered it: the verdict follows that answer
        context = look(
            session, context.project_id, context.job_id, context.error_signature, report, found
        )
        decision = _decision(context, report, found, outage, waits_s)
        memory.take_up_answer(session, context.problem, decision.attempts)
    verdict = verdict_on(report, found, context, decision, asked.id if asked.is_pending else None)
    repeats.keep(session, context.job, report, verdict)
    return verdict


def _decision(
    context: ReportContext,
    report: Report,
    found: Classification,
    outage: Outage | None = None,
    waits_s: Sequence[float] = WAITS_S,
) -> Decision:
    state = State(
        category=found.category,
        attempts=context.attempts_spent,
        waits=context.waits_spent,
        has_pending_escalation=context.pending is not None,
        job_is_paused=context.job_state == "paused",
        origin=Origin.WORK if outage is None else Origin.MODEL_PROVIDER,
        outage=outage,
        answered=context.is_news,
        given=context.given,
        named_s=named_s(found, report),
        schedule=waits_s,
    )
    return decide(state, random.random())  # noqa: S311 - spreads retries, hides nothing


def _effective(found: Classification, report: Report, context: ReportContext) -> Classification:
    """The founder's correction counts most, then what the agent says, then the rules."""
    if context.corrected_category:
        category = Category(context.corrected_category)
        reason = "a founder of this project said so"
        return replace(found, category=category, rule="corrected_by_founder", reason=reason)
    if report.category is not None:
        reason = "the agent said so"
        return replace(found, category=report.category, rule="reported_by_agent", reason=reason)
    return found
