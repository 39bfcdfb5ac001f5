"""Take a report of a failure in: recognise it, count it, decide, and give the verdict."""

import random
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.actors import REPORTING, Actor
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.models.escalations import WORDED
from webapp.operations import expiring, jobs, memory, outages, quotas
from webapp.operations.reports import escalate, record, repeats, tasks
from webapp.operations.reports.cleaning import cleaned
from webapp.operations.reports.context import Report, ReportContext, look, take
from webapp.operations.reports.failure import Failure, Policy
from webapp.operations.reports.verdict import Verdict, verdict_on
from webapp.operations.reports.words import own_words
from webapp.operations.transaction import single_statement, transaction
from webapp.queries import ownership
from webapp.rules.categories import Origin
from webapp.rules.classification import classify
from webapp.rules.outages import ERROR_TYPE, OVER_AFTER_S, SUBJECT, as_outage, needs_a_person
from webapp.rules.retry_policy import Decision, State, decide
from webapp.rules.signature import signature

_AS_SET_UP = Policy()
_NO_WORDS: Final[dict[str, Any]] = dict.fromkeys(
    (*WORDED, "recommended", "deadline_at", "deadline_then")
)


def report(
    job_id: str,
    project_id: str | None,
    report: Report,
    *,
    by: Actor,
    policy: Policy = _AS_SET_UP,
) -> Verdict:
    """Take a failure in: recognise it, count it, decide, and ask the founder if it must be.

    Verdict, attempt, escalation and events are one transaction. Most reports need one statement for
    it, a new question two. Those that met with a simultaneous report, or need more than that, lock
    the problem's row first, so that they are taken one after the other. The same report again gets
    the same verdict. Raises TooManyQuestions where it would open one more than the policy allows in
    the project.
    """
    project_id = jobs.project_of(db.session(), job_id, project_id, by=by)
    by.require(REPORTING, project_id, "report an error")
    report = replace(cleaned(report), opened_by=by.opens_in(project_id))
    if own_words(report) and not ownership.opened(db.session(), project_id, job_id, by=by):
        # Its agent would get the answer to words that it never wrote.
        report = replace(report, **_NO_WORDS)
    found = classify(report.error_type, report.error_message)
    failure = Failure(report, found, policy)
    is_outage = report.origin is Origin.MODEL_PROVIDER
    if is_outage and not needs_a_person(found, report.category, failure.named_s):
        return _of_outage(job_id, project_id, replace(failure, found=as_outage(found)))
    key = signature(project_id, report.error_type, report.error_message, report.signature)
    with single_statement("report") as session:
        context = look(session, project_id, job_id, key, report, found)
        verdict = repeats.of(context, report)
        if verdict is None:
            expiring.require(report.deadline_at)
            verdict = _on_record(session, context, failure)
    return verdict or _asked_unlocked(context, failure) or _locked(context, failure)


def _asked_unlocked(context: ReportContext, failure: Failure) -> Verdict | None:
    """Ask the founder, as far as was seen without a lock. None, and nothing is changed, when the
    report asks nothing new, a rule may answer it, or anything moved meanwhile."""
    failure = failure.in_effect(context)
    decision = _decision(escalate.with_pending(context, failure), failure)
    if not decision.opens_escalation or decision.about_task or context.has_rule:
        return None
    try:
        with transaction("report") as session:
            quotas.turn(session, context.project_id, failure.policy.most_open).check()
            asked = escalate.worded(context, failure, decision)
            return _asked(session, context, failure, decision, asked)
    except record.Moved:
        return None


def _locked(context: ReportContext, failure: Failure) -> Verdict:
    """Take the report in with the problem and the job locked before they are looked at again."""
    report, found = failure.report, failure.found
    names = (context.project_id, context.job_id, context.error_signature)
    with transaction("report") as session:
        room = quotas.turn(session, context.project_id, failure.policy.most_open)
        context = take(session, *names, report, found)
        verdict = repeats.of(context, report) or _on_record(session, context, failure)
        return verdict or _asked_locked(session, context, failure, room)


def _of_outage(job_id: str, project_id: str, failure: Failure) -> Verdict:
    """Trouble of the model provider that waiting may cure: one problem, however each failed request
    words it."""
    report, found = failure.report, failure.found
    key = signature(project_id, ERROR_TYPE, SUBJECT, report.signature)
    with transaction("report") as session:
        room = quotas.turn(session, project_id, failure.policy.most_open)
        context = take(session, project_id, job_id, key, report, found)
        if repeated := repeats.of(context, report):
            return repeated
        expiring.require(report.deadline_at)
        context = context.with_news_only(OVER_AFTER_S)
        outage = outages.note(session, context.job, anew=context.is_news)
        failure = replace(failure, outage=outage)
        verdict = _on_record(session, context, failure)
        return verdict or _asked_locked(session, context, failure, room)


def _on_record(session: Session, context: ReportContext, failure: Failure) -> Verdict | None:
    """Decide, and put the report on record. None, and nothing is changed, when a new question has
    to be asked, or when the problem moved meanwhile."""
    failure = failure.in_effect(context)
    context = tasks.with_pending(session, escalate.with_pending(context, failure), failure)
    decision = _decision(context, failure)
    if decision.opens_escalation:
        return None
    if decision.about_task and context.task is not None:
        context = replace(context, pending=context.task.pending)
    joined = context.pending if decision.joins_escalation else None
    verdict = verdict_on(context, failure, decision, joined)
    if decision.joins_escalation:
        done = record.joined(session, context, failure.report, decision, verdict)
    else:
        done = record.spent(session, context, failure, decision, verdict)
    return verdict if done else None


def _asked(
    session: Session,
    context: ReportContext,
    failure: Failure,
    decision: Decision,
    asked: AgentEscalation,
) -> Verdict:
    """Put the report on record and ask the founder. Inside a transaction. Raises Moved, so that all
    of it is rolled back, when the context no longer holds."""
    verdict = verdict_on(context, failure, decision, asked.id)
    record.attempt(session, context, failure, decision, verdict, asked)
    escalate.ask(session, context, failure, asked)
    return verdict


def _asked_locked(
    session: Session, context: ReportContext, failure: Failure, room: quotas.Room
) -> Verdict:
    """Ask about the problem or its task, or let a standing rule of the founder answer. Inside a
    transaction that has the problem and the job locked."""
    failure = failure.in_effect(context)
    context = tasks.with_pending(session, escalate.with_pending(context, failure), failure)
    decision = _decision(context, failure)
    room.check()
    if decision.about_task:
        asked = tasks.worded(session, context, failure)
        verdict = _asked(session, context, failure, decision, asked)
        tasks.note(session, context, asked)
        return verdict
    asked = escalate.worded(context, failure, decision)
    rule = escalate.standing_rule(session, context, asked)
    if rule is None:
        return _asked(session, context, failure, decision, asked)
    record.attempt(session, context, failure, decision, None, asked)
    escalate.answer_by_rule(session, context, failure, asked, rule)
    return _after_rule(session, context, failure)


def _after_rule(session: Session, context: ReportContext, failure: Failure) -> Verdict:
    """The verdict that follows the answer which a standing rule has just given."""
    names = (context.project_id, context.job_id, context.error_signature)
    context = look(session, *names, failure.report, failure.found)
    decision = _decision(context, failure)
    memory.take_up_answer(session, context.problem, context.job, decision.attempts)
    verdict = verdict_on(context, failure, decision, None)
    repeats.keep(session, context.job, failure.report, verdict)
    return verdict


def _decision(context: ReportContext, failure: Failure) -> Decision:
    heard, task = context.heard, context.task
    state = State(
        category=failure.found.category,
        attempts=heard.attempts_spent,
        waits=heard.waits_spent,
        has_pending_escalation=heard.pending is not None,
        job_is_paused=heard.job_state == "paused",
        origin=Origin.WORK if failure.outage is None else Origin.MODEL_PROVIDER,
        outage=failure.outage,
        answered=heard.is_news,
        given=heard.given,
        named_s=failure.named_s,
        schedule=failure.policy.waits_s,
        task_spent=0 if task is None else task.spent,
        task_attempts=failure.policy.task_attempts,
        task_is_asked=task is not None and task.pending is not None,
    )
    return decide(state, random.random())  # noqa: S311 - spreads retries, hides nothing
