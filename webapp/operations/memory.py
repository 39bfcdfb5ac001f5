"""What a project remembers of a problem when its question is answered."""

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp import statements
from webapp.models import AgentEscalation, Problem
from webapp.rules import tasks
from webapp.rules.signature import names_of


def lock(session: Session, project_id: str, error_signature: str) -> Problem | None:
    """Lock the problem, if it is known, before any of its questions: one order for every writer."""
    return session.scalar(
        select(Problem)
        .where(Problem.project_id == project_id, Problem.error_signature == error_signature)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


_TAKE_UP = """
    with problem as (
        update problems set answer_is_news = false, attempts_spent = %(attempts)s
        where id = %(problem)s returning budgets
    )
    update attempts set attempts_spent = %(attempts)s, waits_spent = 0, budget = problem.budgets
    from problem where id = (select max(id) from attempts
        where job = %(job)s and problem_id = %(problem)s)
"""


def take_up_answer(session: Session, problem: int | None, job: int | None, attempts: int) -> None:
    """The verdict that follows an answer was given to that job, which has spent so many attempts of
    the new budget."""
    statements.run(session, _TAKE_UP, problem=problem, job=job, attempts=attempts)


_SUCCESS = """
    with locked as (select id from jobs where id = %(job)s for no key update)
    update attempts set attempts_spent = 0, waits_spent = 0 from locked
    where attempts.id = (select max(id) from attempts
        where job = %(job)s and problem_id = %(problem)s)
"""
_INTENTS = """
    select distinct intent from attempts
    where job = %(job)s and problem_id = %(problem)s and intent is not null
"""
_TASK_SUCCESS = """
    with tasks as (
        select task, agent_escalations.id as question, status from task_budgets
        left join agent_escalations on agent_escalations.id = question
        where job = %(job)s and task = any(%(tasks)s)
    ), anew as (
        update task_budgets set spent = 0, answer_is_news = false,
            question = case when tasks.status = 'pending' then tasks.question end
        from tasks where job = %(job)s and task_budgets.task = tasks.task
    )
    select question from tasks where status in ('resolved', 'skipped')
"""


def begin_anew(session: Session, problem: int, job: int) -> list[uuid.UUID]:
    """That job had a success with the problem: its budgets for it, and for the tasks in which it
    met it, are whole. Returns the answered questions about these tasks: they were of use. Inside a
    transaction that has the problem locked."""
    statements.run(session, _SUCCESS, job=job, problem=problem)
    intents = [row.intent for row in statements.rows(session, _INTENTS, job=job, problem=problem)]
    keys = sorted({key for intent in intents if (key := tasks.key_of(intent))})
    rows = statements.rows(session, _TASK_SUCCESS, job=job, tasks=keys) if keys else []
    return [row.question for row in rows]


def find(session: Session, project_id: str, name: str) -> Problem | None:
    """Lock the problem that an agent names: by its signature as a verdict told it, or, where the
    agent chose one, as it sent that. Of several, the one that was seen last."""
    signature, own = names_of(project_id, name)
    found = lock(session, project_id, signature)
    if found is not None:
        return found
    named = Problem.error_signature == own
    if ":" not in own:
        named = func.split_part(Problem.error_signature, ":", -1) == own
    known = session.scalar(
        select(Problem.error_signature)
        .where(Problem.project_id == project_id, named)
        .order_by(Problem.last_seen_at.desc())
        .limit(1)
    )
    return None if known is None else lock(session, project_id, known)


def remember_answer(session: Session, escalation: AgentEscalation) -> None:
    """An answer is new information: a fresh budget, and guidance for the verdicts that follow."""
    session.execute(
        update(Problem)
        .where(
            Problem.project_id == escalation.project_id,
            Problem.error_signature == escalation.error_signature,
        )
        .values(
            attempts_spent=0,
            waits_spent=0,
            budgets=Problem.budgets + 1,
            answer_is_news=True,
            answer=escalation.id,
            own_answer=None,
            decision=escalation.founder_decision or escalation.status,
            guidance=escalation.founder_guidance,
        )
    )
