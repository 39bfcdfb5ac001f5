"""Record an attempt: count the problem, spend its budget, keep the attempt, and write the job's
event. All of it is one statement, which holds only if nothing moved since the context was read.

So the statement may stand on its own, without a transaction around it and without a lock that is
held while Python thinks: agents that meet different problems do not wait for each other, and those
that meet the same one wait for a statement, not for a conversation.
"""

from typing import Any

from psycopg.errors import NotNullViolation, UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation
from webapp.operations.reports import repeats
from webapp.operations.reports.context import Report, ReportContext, TaskContext
from webapp.operations.reports.failure import Failure
from webapp.operations.reports.verdict import Verdict
from webapp.rules import excerpts
from webapp.rules.categories import VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.retry_policy import Decision

_ATTEMPT = """attempt as (
        insert into attempts (problem_id, job, session_id, intent, approach, verdict, at,
            attempts_spent, waits_spent, budget)
        select id, {job}, %(session_id)s, %(intent)s, %(approach)s, %(verdict)s, %(at)s,
            %(attempts)s, %(waits)s, %(budget)s
        from problem"""

_JOB_UNLESS_MOVED = """case when not %(task_moves)s or exists (select from task)
            then (select id from job) end"""

# A problem that was reported, answered or healed meanwhile gives no row, and then nothing happens;
# in a paused job a report spends nothing, so any number of them may come at once. When a problem
# was seen last is true to the second: it stands in an index, and a row that many report at once
# would leave as many entries there.
# A job that was paused or resumed meanwhile gives none either, nor does a task that another report
# of the job moved: then the attempt has no job, and PostgreSQL refuses the whole statement.
_SPEND = f"""
    with problem as (
        insert into problems (project_id, error_signature, error_type, family, category, seen,
            attempts_spent, waits_spent, first_seen_at, last_seen_at, asked,
            plain_english_problem)
        values (%(project_id)s, %(error_signature)s, %(error_type)s, %(family)s, %(category)s, 1,
            %(attempts)s, %(waits)s, %(at)s, %(at)s, %(asks)s, %(words)s)
        on conflict (project_id, error_signature) do update set seen = problems.seen + 1,
            attempts_spent = case when %(paused)s then problems.attempts_spent
                else %(attempts)s end,
            waits_spent = case when %(paused)s then problems.waits_spent else %(waits)s end,
            last_seen_at = case when problems.last_seen_at < %(at)s - interval '1 second'
                then %(at)s else problems.last_seen_at end,
            family = %(family)s, category = %(category)s, is_open = true,
            asked = problems.asked + %(asks)s,
            plain_english_problem = coalesce(%(words)s, problems.plain_english_problem),
            answer_is_news = problems.answer_is_news and %(paused)s
        where %(paused)s or (problems.seen, problems.budgets, problems.is_open,
            problems.answer_is_news)
            = (%(seen)s, %(budget)s, %(is_open)s, %(answer_is_news)s)
        returning id
    ), job as (
        insert into jobs (project_id, job_id, session_id, created_at, last_seq, last_event_at,
            opened_by)
        select %(project_id)s, %(job_id)s, %(session_id)s, %(at)s, %(events)s,
            %(event_at)s::timestamptz, %(opened_by)s::text
        from problem
        on conflict (project_id, job_id) do update set session_id = %(session_id)s,
            opened_by = coalesce(jobs.opened_by, excluded.opened_by),
            last_seq = jobs.last_seq + %(events)s,
            last_event_at = coalesce(%(event_at)s::timestamptz, jobs.last_event_at)
        where jobs.state = %(job_state)s
        returning id, last_seq
    ), task as (
        insert into task_budgets (job, task, spent)
        select id, %(task)s::text, %(task_spends)s from job where %(task_moves)s
        on conflict (job, task) do update set answer_is_news = false,
            spent = task_budgets.spent + %(task_spends)s
        where (task_budgets.spent, task_budgets.answer_is_news) = (%(task_spent)s, %(task_news)s)
        returning job
    ), {_ATTEMPT.format(job=_JOB_UNLESS_MOVED)}
    ), event as (
        insert into job_events (job, seq, kind, at, payload)
        select id, last_seq, %(kind)s::text, %(at)s, %(payload)s from job where %(events)s = 1
    ), kept as (
        {repeats.KEEP_FROM} job where %(report_id)s::text is not null
    )
    select id from job
"""  # noqa: S608 - made of the columns of a table

# The same for a question that is pending already. Any number of reports may join it: what they
# change of the problem does not depend on each other. A job that waits already, such as one that
# was restarted, is not another occurrence.
_JOIN = f"""
    with problem as (
        update problems set seen = seen + 1,
            last_seen_at = case when last_seen_at < %(at)s - interval '1 second'
                then %(at)s else last_seen_at end,
            family = %(family)s,
            category = %(category)s, is_open = true,
            answer_is_news = problems.answer_is_news and %(paused)s
        where id = %(problem)s returning id
    ), asked as (
        select agent_escalations.id, plain_english_problem from agent_escalations, problem
        where agent_escalations.id = %(pending)s and status = 'pending'
        for no key update of agent_escalations
    ), job as (
        insert into jobs (project_id, job_id, session_id, created_at, last_seq, last_event_at,
            opened_by)
        select %(project_id)s, %(job_id)s, %(session_id)s, %(at)s, 1, %(at)s, %(opened_by)s::text
        from asked
        on conflict (project_id, job_id) do update set session_id = %(session_id)s,
            opened_by = coalesce(jobs.opened_by, excluded.opened_by),
            last_seq = jobs.last_seq + 1, last_event_at = %(at)s
        where jobs.state = %(job_state)s
        returning id, last_seq
    ), {_ATTEMPT.format(job="(select id from job)")}
    ), waiter as (
        insert into escalation_waiters (escalation_id, job, joined_at, agent_state, callback_url)
        select asked.id, job.id, %(at)s, %(agent_state)s::jsonb, %(callback_url)s from asked, job
        on conflict do nothing returning job
    ), met as (
        update agent_escalations
        set occurrences = agent_escalations.occurrences + (select count(*) from waiter)
        from asked where agent_escalations.id = asked.id returning agent_escalations.occurrences
    ), event as (
        insert into job_events (job, seq, kind, at, payload)
        select job.id, job.last_seq, %(kind)s, %(at)s, %(payload)s || jsonb_build_object(
            'plain_english_problem', left(asked.plain_english_problem, %(longest)s),
            'occurrences', met.occurrences,
            'newly_waiting', exists (select from waiter))
        from asked, job, met
    ), kept as (
        {repeats.KEEP_FROM} job where %(report_id)s::text is not null
    )
    select id from job
"""  # noqa: S608 - made of the columns of a table

_EVENT_KINDS = {VerdictKind.RETRY: Kind.RETRYING, VerdictKind.WAIT: Kind.BACKING_OFF}


class Moved(Exception):
    """What was read of the problem, the task or the job holds no longer, and the transaction is to
    be rolled back."""


def attempt(
    session: Session,
    context: ReportContext,
    failure: Failure,
    decision: Decision,
    verdict: Verdict | None,
    asked: AgentEscalation,
) -> None:
    """Put the attempt on record that asks a question. Raises Moved when the context no longer
    holds."""
    if not spent(session, context, failure, decision, verdict, asked):
        raise Moved


def spent(
    session: Session,
    context: ReportContext,
    failure: Failure,
    decision: Decision,
    verdict: Verdict | None = None,
    asked: AgentEscalation | None = None,
) -> bool:
    """Set the counters that the decision leaves, put the attempt on record, and tell. `verdict` is
    kept for repetitions of the report, if it has an id; `asked` is the question that it opens.
    Returns False, and changes nothing, when the context no longer holds."""
    report, kind = failure.report, _EVENT_KINDS.get(decision.verdict)
    about_problem = asked is not None and not decision.about_task
    values = _common(context, report, decision) | repeats.kept(report, verdict)
    values |= {
        "error_type": context.error_type,
        "seen": context.seen,
        "is_open": context.is_open,
        "answer_is_news": context.answer_is_news,
        "asks": int(about_problem),
        "words": asked.plain_english_problem if asked is not None and about_problem else None,
        "events": int(kind is not None),
        "event_at": values["at"] if kind else None,
        "kind": kind and kind.value,
        "payload": statements.Jsonb(_payload(context, failure.found, decision)),
    }
    return _done(session, _SPEND, values | _of_task(context, decision))


def joined(
    session: Session,
    context: ReportContext,
    report: Report,
    decision: Decision,
    verdict: Verdict | None = None,
) -> bool:
    """Let the job wait for the answer that others already wait for, and say so. Returns False, and
    changes nothing, when the question was answered or the job paused meanwhile."""
    payload = {"escalation_id": str(context.pending), "error_signature": context.error_signature}
    values = _common(context, report, decision) | repeats.kept(report, verdict)
    values |= {
        "problem": context.problem,
        "pending": context.pending,
        "longest": excerpts.LONGEST,
        "agent_state": None if report.agent_state is None else statements.Jsonb(report.agent_state),
        "callback_url": report.callback_url,
        "kind": Kind.ESCALATION_JOINED.value,
        "payload": statements.Jsonb(payload),
    }
    return _done(session, _JOIN, values)


def _common(context: ReportContext, report: Report, decision: Decision) -> dict[str, Any]:
    return {
        "project_id": context.project_id,
        "error_signature": context.error_signature,
        "job_id": context.job_id,
        "job_state": context.job_state,
        "session_id": report.session_id,
        "opened_by": report.opened_by,
        "family": context.family,
        "category": context.category,
        "paused": decision.verdict is VerdictKind.PAUSE,
        "intent": report.intent,
        "approach": report.approach,
        "verdict": decision.verdict.value,
        "attempts": decision.attempts,
        "waits": decision.waits,
        "budget": context.budget,
        "at": now(),
    }


def _of_task(context: ReportContext, decision: Decision) -> dict[str, Any]:
    """What the report changes of its task: a retry spends of it, and any verdict takes up what was
    answered, except in a paused job."""
    task = context.task or TaskContext("")
    spends = decision.verdict is VerdictKind.RETRY
    moves = bool(task.key) and decision.verdict is not VerdictKind.PAUSE
    return {
        "task": task.key,
        "task_moves": moves and (spends or task.is_news),
        "task_spends": int(spends),
        "task_spent": task.spent,
        "task_news": task.is_news,
    }


def _payload(context: ReportContext, found: Classification, decision: Decision) -> dict[str, Any]:
    return {
        "error_signature": context.error_signature,
        "error_type": context.error_type,
        "category": found.category.value,
        "family": found.family.value,
        "attempt": decision.attempt,
        "max_attempts": decision.max_attempts,
        "retry_after_s": decision.retry_after_s,
    }


def _done(session: Session, statement: str, values: dict[str, Any]) -> bool:
    try:
        job = statements.one(session, statement, **values)
    except IntegrityError as error:
        # Of UniqueViolation there is one kind: the same report came twice at the same moment.
        if isinstance(error.orig, NotNullViolation | UniqueViolation):
            return False
        raise
    if job is not None:
        log.touch(session, job.id)
    return job is not None
