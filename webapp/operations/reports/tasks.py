"""The founder is asked about a task in which one error came after the other."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

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
