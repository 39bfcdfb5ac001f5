"""A report and its case: the problem and the job that met it, locked, read and spent.

Every failure of every agent comes through here, so each function is one statement.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.operations import jobs
from webapp.rules.categories import Category, Origin, VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.retry_policy import Decision

APPROACHES_KEPT = 50
"""How many approaches of a problem a verdict names, the latest ones."""


@dataclass(frozen=True)
class Report:
    """One failure as an agent tells it. The names are those of CONTRACT.md."""

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
    agent_state: dict[str, Any] | None = None


@dataclass(frozen=True)
class Case:
    """What is known of the problem (since the last answer or success) and of the job."""

    problem: int
    project_id: str
    error_signature: str
    error_type: str
    attempts_spent: int
    waits_spent: int
    answer_is_news: bool
    corrected_category: str | None
    decision: str | None
    guidance: str | None
    job: int
    job_id: str
    job_state: str


# The problem is counted as seen, made if it is new, and so locked; then the job is locked. In
# this order, as everywhere (docs/explanation/architecture.md).
_TAKE = text(
    """
    with problem as (
        insert into problems (project_id, error_signature, error_type, family, category, seen,
            first_seen_at, last_seen_at)
        values (:project_id, :error_signature, :error_type, :family, :category, 1, :at, :at)
        on conflict (project_id, error_signature) do update set seen = problems.seen + 1,
            last_seen_at = :at, family = :family, category = :category, is_open = true
        returning id, project_id, error_signature, error_type, attempts_spent, waits_spent,
            answer_is_news, corrected_category, decision, guidance
    ), job as (
        select jobs.id, jobs.state, jobs.session_id from jobs, problem
        where jobs.project_id = problem.project_id and jobs.job_id = :job_id
        for no key update of jobs
    )
    select problem.id as problem, problem.project_id, problem.error_signature, problem.error_type,
        problem.attempts_spent, problem.waits_spent, problem.answer_is_news,
        problem.corrected_category, problem.decision, problem.guidance,
        job.id as job, job.state as job_state, job.session_id
    from problem left join job on true
    """
)

_EARLIER = text(
    """
    select
        (select array_agg(approach order by id) from (
            select id, approach from attempts where problem_id = :problem and approach is not null
            order by id desc limit :limit
        ) as latest) as approaches,
        (select id from agent_escalations where project_id = :project_id
            and error_signature = :error_signature and status = 'pending'
            order by created_at, id limit 1) as pending
    """
)

_SPEND = text(
    """
    with spent as (
        update problems set attempts_spent = :attempts, waits_spent = :waits,
            answer_is_news = answer_is_news and :paused
        where id = :problem
    )
    insert into attempts (problem_id, job, session_id, intent, approach, verdict, at)
    values (:problem, :job, :session_id, :intent, :approach, :verdict, :at)
    """
)


def take(
    session: Session, project_id: str, job_id: str, key: str, told: Report, found: Classification
) -> Case:
    """Count the problem as seen once more and lock it and the job; both are made if new."""
    values = {
        "project_id": project_id,
        "job_id": job_id,
        "error_signature": key,
        "error_type": told.error_type,
        "family": found.family.value,
        "category": found.category.value,
        "at": now(),
    }
    row = session.execute(_TAKE, values).one()._asdict()
    session_id = row.pop("session_id")
    if row["job"] is None or session_id != told.session_id:
        job = jobs.ensure(session, project_id, job_id, told.session_id)
        session.flush()
        session.refresh(job, with_for_update={"key_share": True})
        row |= {"job": job.id, "job_state": job.state}
    return Case(**row, job_id=job_id)


def earlier(session: Session, case: Case) -> tuple[list[str], uuid.UUID | None]:
    """The approaches that were tried before, oldest first, and the question that waits."""
    values: dict[str, Any] = {
        "problem": case.problem,
        "project_id": case.project_id,
        "error_signature": case.error_signature,
        "limit": APPROACHES_KEPT,
    }
    row = session.execute(_EARLIER, values).one()
    return row.approaches or [], row.pending


def spend(session: Session, case: Case, told: Report, decision: Decision) -> None:
    """Set the counters that the decision leaves, and put the attempt on record."""
    values = {
        "problem": case.problem,
        "job": case.job,
        "attempts": decision.attempts,
        "waits": decision.waits,
        "paused": decision.verdict is VerdictKind.PAUSE,
        "session_id": told.session_id,
        "intent": told.intent,
        "approach": told.approach,
        "verdict": decision.verdict.value,
        "at": now(),
    }
    session.execute(_SPEND, values)
