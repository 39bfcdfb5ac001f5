"""Whose job it is: the token that opened it, and each that an owner made as its replacement."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import Actor
from webapp.models import AgentEscalation, EscalationWaiter, Job
from webapp.models.jobs import ANYONE

_LINE: Final = """
    with recursive line as (
        select id, replaces from tokens where id = %(token)s
        union select tokens.id, tokens.replaces from tokens join line on tokens.id = line.replaces
    )
    select id from line
"""


def acts_for(
    session: Session, project_id: str, openers: Collection[str | None], *, by: Actor
) -> bool:
    """Say whether the caller acts for a job that one of `openers` opened. Founders act for every
    job of their projects; a job that no agent's token opened yet is anyone's."""
    if by.role_in(project_id) != "agent" or not openers:
        return True
    if by.ref in openers or None in openers or ANYONE in openers:
        return True
    kind, _, number = by.ref.partition(":")
    if kind != "token":
        return False
    line = statements.rows(session, _LINE, token=int(number))
    return any(f"token:{row.id}" in openers for row in line)


def asks(session: Session, escalation: AgentEscalation, *, by: Actor) -> bool:
    """Say whether the caller acts for the job that asked."""
    query = select(Job.opened_by).where(
        Job.project_id == escalation.project_id, Job.job_id == escalation.job_id
    )
    return acts_for(session, escalation.project_id, session.scalars(query).all(), by=by)


def waits(session: Session, escalation: AgentEscalation, *, by: Actor) -> bool:
    """Say whether the caller acts for a job that waits or waited for the answer."""
    query = (
        select(Job.opened_by)
        .join(EscalationWaiter, EscalationWaiter.job == Job.id)
        .where(EscalationWaiter.escalation_id == escalation.id)
    )
    return acts_for(session, escalation.project_id, session.scalars(query).all(), by=by)


def waiting_jobs(session: Session, escalation: AgentEscalation, *, by: Actor) -> list[str]:
    """The names of the jobs that wait or waited for the answer and that the caller acts for."""
    query = (
        select(Job)
        .join(EscalationWaiter, EscalationWaiter.job == Job.id)
        .where(EscalationWaiter.escalation_id == escalation.id)
        .order_by(EscalationWaiter.joined_at, Job.id)
    )
    project = escalation.project_id
    return [
        job.job_id
        for job in session.scalars(query)
        if acts_for(session, project, [job.opened_by], by=by)
    ]


def opened(session: Session, project_id: str, job_id: str, *, by: Actor) -> bool:
    """Say whether the caller acts for the job of that name."""
    query = select(Job.opened_by).where(Job.project_id == project_id, Job.job_id == job_id)
    return acts_for(session, project_id, session.scalars(query).all(), by=by)


def asked_by(session: Session, rows: Sequence[AgentEscalation], *, by: Actor) -> set[str]:
    """The ids of those of the questions whose asking job the caller acts for."""
    known: dict[tuple[str, str], bool] = {}
    found = set()
    for row in rows:
        key = (row.project_id, row.job_id)
        if key not in known:
            known[key] = opened(session, *key, by=by)
        if known[key]:
            found.add(str(row.id))
    return found
