"""A report and its context: what is known of the problem and of the job that met it.

Every failure of every agent comes through here, so each function is one statement.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.rules.categories import Category, Origin
from webapp.rules.classification import Classification
from webapp.rules.decisions import Given, given
from webapp.rules.tasks import key_of

APPROACHES_KEPT = 50
"""How many approaches of a problem a verdict names, the latest ones."""


@dataclass(frozen=True)
class Report:
    """One failure as an agent tells it. The names are those of CONTRACT.md; `id` is the agent's own
    name for this report, by which a repetition of it is known."""

    session_id: str
    error_type: str
    error_message: str
    intent: str | None = None
    approach: str | None = None
    category: Category | None = None
    signature: str | None = None
    origin: Origin = Origin.WORK
    plain_english_problem: str | None = None
    recommended_action: str | None = None
    options: list[dict[str, Any]] | None = None
    recommended: str | None = None
    answer_schema: dict[str, Any] | None = None
    agent_state: dict[str, Any] | None = None
    id: str | None = None
    include_other_jobs: bool = False
    opened_by: str | None = None
    callback_url: str | None = None
    deadline_at: datetime | None = None
    deadline_then: str | None = None
    text_format: str | None = None
    urgency: str | None = None


@dataclass(frozen=True)
class TaskContext:
    """What is known of the task that a report belongs to. `key` is what it is known by in its job,
    `spent` counts its retries since the last answer or success. `question` is the latest question
    about it, `pending` the same while nobody has answered, `answer` what was answered, with the
    names of `ReportContext.answer`."""

    key: str
    spent: int = 0
    question: uuid.UUID | None = None
    is_news: bool = False
    pending: uuid.UUID | None = None
    answer: dict[str, Any] | None = None


@dataclass(frozen=True)
class ReportContext:
    """What is known of the problem (since the last answer or success) and of the job. `problem`
    and `job` are None as long as nobody has named them; `seen` counts the reports before this;
    `attempts_spent` and `waits_spent` are this job's, as its latest report left them `spent_age_s`
    seconds ago, and `budget` counts the answers so far: each begins the budgets anew;
    `family` and `category` are what the rules say; `all_approaches` are those on record, oldest
    first, each after the id of its job; `waiting` are the pending questions that reports
    of this problem opened, each with its digest, and `pending` the one of them that this report
    joins (escalate.py); `stored` is what is kept of an earlier report of this job with the same id
    (operations/reports/repeats.py)."""

    project_id: str
    error_signature: str
    job_id: str
    family: str
    category: str
    problem: int | None
    error_type: str
    seen: int
    attempts_spent: int
    waits_spent: int
    spent_age_s: float | None
    budget: int
    is_open: bool
    answer_is_news: bool
    corrected_category: str | None
    guidance: str | None
    job: int | None
    job_state: str
    all_approaches: list[list[str]]
    waiting: list[dict[str, str]]
    has_rule: bool
    stored: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    task: TaskContext | None = None
    pending: uuid.UUID | None = None

    @property
    def heard(self) -> "ReportContext":
        """As the agent is to hear it: an answer about the whole task counts for each problem in
        it, unless the problem itself was answered later. It begins those budgets anew as well."""
        told = self.task.answer if self.task else None
        if told is None or (self.answer is not None and self.answer["age_s"] <= told["age_s"]):
            return self
        heard = replace(self, answer=told, guidance=told["guidance"])
        if self.spent_age_s is not None and self.spent_age_s < told["age_s"]:
            return heard
        return replace(heard, attempts_spent=0, waits_spent=0)

    @property
    def given(self) -> Given | None:
        """The founder's answer that is in force: the latest one since the last success."""
        found = given(self.answer)
        return found if found is not None and found.concerns else None

    @property
    def is_news(self) -> bool:
        """Whether an answer is the newest thing that happened to the problem, for this job."""
        if self.answer is not None and self.answer["own_is_news"] is not None:
            return bool(self.answer["own_is_news"])
        return self.answer_is_news and (self.answer is None or self.given is not None)

    def with_news_only(self, most_s: float) -> "ReportContext":
        """Without an answer that was followed already, or is older than so many seconds: what is
        decided about an outage does not hold for the next one."""
        if self.answer is None or (self.is_news and self.answer["age_s"] < most_s):
            return self
        return replace(self, answer=None, answer_is_news=False)

    @property
    def approaches(self) -> list[str]:
        """What this job tried before, oldest first."""
        return [approach for job, approach in self.all_approaches if job == self.job_id]

    @property
    def of_other_jobs(self) -> list[tuple[str, str]]:
        """What other jobs of the project tried: text of other agents, each after its job's id."""
        return [(job, approach) for job, approach in self.all_approaches if job != self.job_id]

    def tried(self, report: Report) -> list[str]:
        """What this job tried, oldest first, this time included."""
        return [*self.approaches, report.approach] if report.approach else self.approaches

    def tried_by_all(self, report: Report) -> list[str]:
        """What was tried in all jobs, oldest first, this time included: for the founder."""
        known = [approach for _, approach in self.all_approaches]
        return [*known, report.approach] if report.approach else known


_LOOK = """
    select problem.id as problem, coalesce(problem.error_type, %(error_type)s) as error_type,
        coalesce(problem.seen, 0) as seen,
        coalesce(spent.attempts, 0) as attempts_spent, coalesce(spent.waits, 0) as waits_spent,
        spent.age_s, coalesce(problem.budgets, 0) as budget,
        coalesce(problem.is_open, false) as is_open,
        coalesce(problem.answer_is_news, false) as answer_is_news,
        coalesce(problem.corrected_category, (select category from category_corrections
            where project_id = %(project_id)s and rule = %(rule)s)) as corrected_category,
        case when own.id is null then problem.guidance else own.founder_guidance end as guidance,
        job.id as job, coalesce(job.state, 'working') as job_state,
        coalesce((select jsonb_agg(jsonb_build_array(job_id, approach) order by latest.id) from (
            select id, attempts.job, approach from attempts
            where problem_id = problem.id and approach is not null order by id desc limit %(limit)s
        ) as latest join jobs on jobs.id = latest.job), '[]') as all_approaches,
        coalesce((select jsonb_agg(jsonb_build_object('id', id, 'digest', digest))
            from agent_escalations
            where project_id = %(project_id)s and error_signature = %(error_signature)s
            and status = 'pending' and from_report), '[]') as waiting,
        exists (select from standing_rules where project_id = %(project_id)s
            and error_signature = %(error_signature)s and revoked_at is null) as has_rule,
        (select jsonb_build_object('verdict', verdict, 'digest', digest) from report_verdicts
            where job = job.id and report_id = %(report_id)s) as stored,
        case when answer.id is not null then jsonb_build_object('escalation_id', answer.id,
            'decision', answer.founder_decision, 'guidance', answer.founder_guidance,
            'notes', jsonb_path_query_array(answer.notes, '$[*].text'),
            'options', answer.options, 'answers', answer.answers,
            'digest', coalesce(answer.attached_digest, answer.digest),
            'at_s', extract(epoch from %(at)s::timestamptz),
            'age_s', extract(epoch from %(at)s::timestamptz - answer.resolved_at),
            'waited', exists (select from escalation_waiters
                where escalation_id = answer.id and escalation_waiters.job = job.id),
            'own_is_news', case when own.id is not null then not exists (select from attempts
                where problem_id = problem.id and attempts.job = job.id
                and at > own.resolved_at and attempts.verdict <> 'pause') end) end as answer,
        jsonb_build_object('spent', coalesce(task.spent, 0), 'question', task.question,
            'is_news', coalesce(task.answer_is_news, false)) as task
    from (select) as nothing
    left join problems as problem on problem.project_id = %(project_id)s
        and problem.error_signature = %(error_signature)s
    left join jobs as job on job.project_id = %(project_id)s and job.job_id = %(job_id)s
    -- A budget that was begun anew since is whole. A row of a release that counted for all jobs
    -- together says nothing of its own.
    left join lateral (
        select extract(epoch from %(at)s::timestamptz - latest.at)::float as age_s,
            case when latest.budget is null then problem.attempts_spent
                when latest.budget = problem.budgets then latest.attempts_spent end as attempts,
            case when latest.budget is null then problem.waits_spent
                when latest.budget = problem.budgets then latest.waits_spent end as waits
        from attempts as latest where latest.job = job.id and latest.problem_id = problem.id
        order by latest.id desc limit 1
    ) as spent on true
    left join task_budgets as task on task.job = job.id and task.task = %(task)s
    -- The answer to an agent's own words is for the jobs that waited for it.
    left join agent_escalations as own on own.id = problem.own_answer and exists (
        select from escalation_waiters
        where escalation_id = own.id and escalation_waiters.job = job.id)
    left join agent_escalations as answer on answer.id = coalesce(own.id, problem.answer)
"""

# The question about a task, and what was answered to it.
_ASKED = """
    select status, case when status in ('resolved', 'skipped') then jsonb_build_object(
        'escalation_id', id, 'decision', founder_decision, 'guidance', founder_guidance,
        'notes', jsonb_path_query_array(notes, '$[*].text'), 'options', options,
        'digest', coalesce(attached_digest, digest), 'answers', answers,
        'at_s', extract(epoch from %(at)s::timestamptz),
        'age_s', extract(epoch from %(at)s::timestamptz - resolved_at),
        'waited', true, 'own_is_news', %(is_news)s::boolean) end as answer
    from agent_escalations where id = %(question)s
"""

# Problem and job are made if they are new, and locked either way, in this order, as everywhere
# (docs/explanation/architecture.md). No row: another one has just made the job.
_LOCK = """
    with problem as (
        insert into problems (project_id, error_signature, error_type, family, category,
            first_seen_at, last_seen_at)
        values (%(project_id)s, %(error_signature)s, %(error_type)s, %(family)s, %(category)s,
            %(at)s, %(at)s)
        on conflict (project_id, error_signature) do update set seen = problems.seen
        returning project_id
    ), known as (
        select jobs.id from jobs join problem using (project_id) where jobs.job_id = %(job_id)s
        for no key update of jobs
    ), made as (
        insert into jobs (project_id, job_id, session_id, created_at, opened_by)
        select project_id, %(job_id)s, %(session_id)s, %(at)s, %(opened_by)s::text from problem
        where not exists (select from known)
        on conflict (project_id, job_id) do nothing returning id
    )
    select id from known union all select id from made
"""


def look(
    session: Session, project_id: str, job_id: str, key: str, report: Report, found: Classification
) -> ReportContext:
    """What is known at this moment. Nothing is locked."""
    task = None if report.origin is Origin.MODEL_PROVIDER else key_of(report.intent)
    (row,) = statements.rows(
        session,
        _LOOK,
        project_id=project_id,
        job_id=job_id,
        error_signature=key,
        error_type=report.error_type,
        rule=found.rule,
        limit=APPROACHES_KEPT,
        report_id=report.id,
        task=task,
        at=now(),
    )
    *known, of_task = row
    names = (project_id, key, job_id, found.family.value, found.category.value)
    context = ReportContext(*names, *known)
    return context if task is None else replace(context, task=_of_task(session, task, of_task))


def _of_task(session: Session, key: str, known: dict[str, Any]) -> TaskContext:
    if known["question"] is None:
        return TaskContext(key, known["spent"])
    question, is_news = uuid.UUID(known["question"]), known["is_news"]
    task = TaskContext(key, known["spent"], question, is_news)
    asked = statements.one(session, _ASKED, question=question, at=now(), is_news=is_news)
    pending = question if asked is not None and asked.status == "pending" else None
    return replace(task, pending=pending, answer=asked and asked.answer)


def take(
    session: Session, project_id: str, job_id: str, key: str, report: Report, found: Classification
) -> ReportContext:
    """Lock the problem and the job, and then look; both are made if new. In a transaction."""
    values = {
        "project_id": project_id,
        "job_id": job_id,
        "error_signature": key,
        "error_type": report.error_type,
        "family": found.family.value,
        "category": found.category.value,
        "session_id": report.session_id,
        "opened_by": report.opened_by,
        "at": now(),
    }
    while statements.one(session, _LOCK, **values) is None:
        pass
    return look(session, project_id, job_id, key, report, found)
