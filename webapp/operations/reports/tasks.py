"""The founder is asked about a task in which one error came after the other."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import statements
from webapp.models import AgentEscalation
from webapp.operations.reports.context import ReportContext
from webapp.operations.reports.failure import Failure
from webapp.operations.reports.words import own_words, question_of
from webapp.queries import tasks as queries
from webapp.rules import options, tasks

_NOTE = """
    insert into task_budgets (job, task, question) values (%(job)s, %(task)s, %(question)s)
    on conflict (job, task) do update set question = %(question)s, answer_is_news = false
"""


def worded(session: Session, context: ReportContext, failure: Failure) -> AgentEscalation:
    """The question about the task of a report, with what was tried in it, this time included.
    Inside a transaction that holds the job's row."""
    if context.task is None:
        raise RuntimeError("a report without a task was decided as one about its task")
    this = tasks.Tried(context.error_signature, context.family, failure.report.approach)
    met = queries.met(session, context.project_id, context.job_id, context.task.key)
    before = [tasks.Tried(one.error_signature, one.family, one.approach) for one in reversed(met)]
    tried = [*before, this]
    return _worded(context, failure, context.task.key, tried)


def with_pending(session: Session, context: ReportContext, failure: Failure) -> ReportContext:
    """The context with the pending question about the task that this report joins: the latest one
    in the same words, of which the agent itself worded none or the same. How often the task
    failed, which the server tells, makes no difference. So nobody gets an answer to what they did
    not ask."""
    task = context.task
    if task is None or task.spent < failure.policy.task_attempts:
        return context
    key = tasks.signature(context.project_id, context.job_id, task.key)
    pending = session.scalars(
        select(AgentEscalation)
        .where(
            AgentEscalation.project_id == context.project_id,
            AgentEscalation.error_signature == key,
            AgentEscalation.status == "pending",
            AgentEscalation.from_report,
        )
        .order_by(AgentEscalation.created_at.desc(), AgentEscalation.id)
    ).all()
    would_ask = _own_part(_worded(context, failure, task.key, ())) if pending else None
    same = (asked.id for asked in pending if _own_part(asked) == would_ask)
    return replace(context, task=replace(task, pending=next(same, None)))


def _own_part(asked: AgentEscalation) -> dict[str, Any]:
    """What of a question about a task its agent decided."""
    own = sorted(asked.agent_worded or ())
    deadline = None if asked.deadline_at is None else {"then": asked.deadline_then}
    choices = asked.recommended if own else None
    return {name: getattr(asked, name) for name in own} | {
        "format": asked.text_format,
        "urgency": asked.urgency,
        "deadline": deadline,
        "recommended": choices,
    }


def note(session: Session, context: ReportContext, asked: AgentEscalation) -> None:
    """Let the task know which question is the latest one about it."""
    if context.task is not None:
        values = {"job": context.job, "task": context.task.key, "question": asked.id}
        statements.run(session, _NOTE, **values)


def begin_anew(session: Session, context: ReportContext) -> None:
    """The job's budget for the task of a report is whole again: a standing rule answered."""
    if context.task is not None:
        anew = "update task_budgets set spent = 0 where job = %(job)s and task = %(task)s"
        statements.run(session, anew, job=context.job, task=context.task.key)


def _worded(
    context: ReportContext, failure: Failure, task: str, tried: Sequence[tasks.Tried]
) -> AgentEscalation:
    """The question as it is stored. The agent's own words win, as everywhere; what was tried is
    told of the whole task."""
    report = failure.report
    own = own_words(report)
    words: dict[str, Any] = asdict(tasks.question(report.intent, tried, len(tried))) | own
    if own:
        words["options"] = options.public(words["options"])
        action = words["recommended_action"]
        words["recommended"] = options.recommended(words["options"], report.recommended, action)
    signature = tasks.signature(context.project_id, context.job_id, task)
    asked = question_of(context, report, {"answer_schema": None} | words, error_signature=signature)
    asked.stored_digest = asked.digest
    return asked
