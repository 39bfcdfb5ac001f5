"""A question is closed by its answer, with all that follows from it, in one statement: the row,
what the project remembers of the problem, the logs of the jobs that wait, the record for the owner.

It holds only before the deadline, and if the question is as it was read: pending, not held by
another answer, asking the same, and with the same jobs waiting, so that no job that joined in that
moment goes without the answer. Locks are taken in the order of docs/explanation/architecture.md.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from webapp import statements
from webapp.actors import Actor
from webapp.clock import now, rfc3339
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, EscalationWaiter
from webapp.operations import audit
from webapp.rules import tasks

# What the problem remembers goes into the verdicts of every job that meets it. So only an answer to
# words of the server's own is remembered; one to an agent's words is for the jobs that waited for
# it (reports/context.py), and what an agent asks directly changes nothing of a problem. It resets
# the budgets: the problem's for every job, and the task's for those that waited.
_CLOSE = f"""
    with problem as materialized (
        select id from problems
        where project_id = %(project_id)s and error_signature = %(error_signature)s
        for no key update
    ), won as (
        update agent_escalations set status = %(status)s, founder_decision = %(founder_decision)s,
            founder_guidance = %(founder_guidance)s, resolve_key = %(resolve_key)s,
            answers = %(answers)s::jsonb,
            resolved_at = %(resolved_at)s, resolved_by = %(resolved_by)s,
            resolved_by_ref = %(resolved_by_ref)s, held = null, held_until = null
        from (select count(*) from problem) as locked
        where id = %(id)s and status = 'pending' and occurrences = %(occurrences)s
            and (held_until is null or %(from_hold)s)
            and (deadline_at is null or deadline_at > %(resolved_at)s or %(from_hold)s
                or turned_at is not null)
            and digest is not distinct from %(digest)s
            and attached_digest is not distinct from %(attached_digest)s
        returning id
    ), remembered as (
        update problems set attempts_spent = 0, waits_spent = 0, budgets = budgets + 1,
            answer_is_news = answer_is_news or %(ours)s,
            answer = case when %(ours)s then won.id else answer end,
            own_answer = case when %(ours)s then null else won.id end,
            decision = case when %(ours)s then coalesce(%(founder_decision)s, %(status)s)
                else decision end,
            guidance = case when %(ours)s then %(founder_guidance)s else guidance end
        from won, problem where problems.id = problem.id and %(from_report)s
    ), waiting as (
        select jobs.id from won join escalation_waiters on escalation_id = won.id
        join jobs on jobs.id = escalation_waiters.job order by jobs.id for no key update of jobs
    ), counted as (
        update jobs set last_seq = last_seq + 1, last_event_at = %(resolved_at)s
        from waiting where jobs.id = waiting.id returning jobs.id, jobs.last_seq
    ), task as (
        update task_budgets set spent = 0, answer_is_news = answer_is_news or %(about_task)s
        from counted where task_budgets.job = counted.id and task_budgets.task = %(task)s
    ), notified as (
        insert into job_events (job, seq, kind, at, payload)
        select id, last_seq, %(kind)s, %(resolved_at)s, %(payload)s from counted returning job
    ), noted as (
        {audit.INSERT_FROM} won where %(audited)s::jsonb is not null
    )
    select array(select job from notified) as jobs from won
"""  # noqa: S608 - made of the columns of a table


def close(
    session: Session,
    escalation: AgentEscalation,
    values: dict[str, Any],
    *,
    by: Actor,
    from_hold: bool = False,
    audited: dict[str, Any] | None = None,
) -> bool:
    """Store the answer, remember it, tell the waiters; `audited` is the row for the owner. Returns
    False, and changes nothing, when the question had left `pending`, is held, or was joined."""
    values = values | {"resolved_at": now(), "resolved_by": by.name, "resolved_by_ref": by.ref}
    closed = statements.one(
        session,
        _CLOSE,
        **values | {"answers": _json(values["answers"])},
        id=escalation.id,
        project_id=escalation.project_id,
        error_signature=escalation.error_signature,
        occurrences=escalation.occurrences,
        digest=escalation.stored_digest,
        attached_digest=escalation.attached_digest,
        from_hold=from_hold,
        from_report=escalation.from_report,
        ours=escalation.shows_our_words,
        task=tasks.key_of(escalation.intent),
        about_task=tasks.is_task(escalation.error_signature),
        kind=Kind.ESCALATION_RESOLVED.value,
        payload=statements.Jsonb(payload_of(escalation, values)),
        audited=_json(audited),
    )
    if closed is None:
        return False
    for job in closed.jobs:
        log.touch(session, job)
    for name, value in (values | {"held": None, "held_until": None}).items():
        set_committed_value(escalation, name, value)
    return True


def _json(value: dict[str, Any] | None) -> statements.Jsonb | None:
    return statements.Jsonb(value) if value else None


def tell_waiters(session: Session, escalation: AgentEscalation, kind: Kind, **payload: Any) -> None:
    """Put an event about the question into the log of every job that waits for its answer."""
    waiting = select(EscalationWaiter.job).where(EscalationWaiter.escalation_id == escalation.id)
    for job in session.scalars(waiting):
        log.record(session, job, kind, escalation_id=str(escalation.id), **payload)


def payload_of(escalation: AgentEscalation, values: dict[str, Any]) -> dict[str, Any]:
    """The event that tells the answer to those who wait."""
    return {
        "escalation_id": str(escalation.id),
        "resolution": values["founder_decision"] or values["status"],
        "status": values["status"],
        "label": escalation.label_of(values["founder_decision"]),
        "digest": escalation.digest,
        "guidance": values["founder_guidance"],
        "answers": values.get("answers"),
        "resolved_at": rfc3339(values["resolved_at"]),
        "resolved_by": values["resolved_by"],
        "rule_maker": escalation.rule_maker,
    }
