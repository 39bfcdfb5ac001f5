"""The founder is asked about a task in which one error came after the other."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from webapp import statements
from webapp.models import AgentEscalation
from webapp.models.escalations import PLAIN
from webapp.operations.reports.context import ReportContext
from webapp.operations.reports.failure import Failure
from webapp.operations.reports.words import format_of, own_words, then_of, warnings_of
from webapp.rules import options, tasks

_TRIED = """
    select error_signature, family, intent, approach from (
        select id, problem_id, intent, approach from attempts
        where job = %(job)s and intent is not null order by id desc limit %(limit)s
    ) as latest join problems on problems.id = problem_id order by latest.id
"""
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
    tried = [*_tried(session, context.job, context.task.key), this]
    return _worded(context, failure, context.task.key, tried)


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


def _tried(session: Session, job: int | None, task: str) -> list[tasks.Tried]:
    rows = statements.rows(session, _TRIED, job=job, limit=tasks.MOST_READ)
    return [
        tasks.Tried(row.error_signature, row.family, row.approach)
        for row in rows
        if tasks.key_of(row.intent) == task
    ]


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
    asked = AgentEscalation(
        **{"answer_schema": None} | words,
        session_id=report.session_id,
        job_id=context.job_id,
        project_id=context.project_id,
        error_type=report.error_type,
        error_signature=tasks.signature(context.project_id, context.job_id, task),
        intent=report.intent,
        error_message=report.error_message,
        warnings=warnings_of(own),
        agent_state=report.agent_state,
        from_report=True,
        agent_worded=list(own),
        deadline_at=report.deadline_at,
        text_format=format_of(report) or PLAIN,
    )
    asked.deadline_then = then_of(report, words["options"], asked.answer_schema)
    asked.stored_digest = asked.digest
    return asked
