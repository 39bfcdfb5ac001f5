"""Events become deliveries: the event log is the outbox, so what changes a question writes no
row for it and costs nothing more (docs/decisions/0014-deliveries.md).

The outbox keeps a snapshot of PostgreSQL: what the transactions that had ended by then wrote was
looked at. What is not visible in it is looked at next, in whatever order it was committed.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.events.kinds import CLOSING, Kind
from webapp.operations.telegram import TELEGRAM
from webapp.operations.transaction import transaction
from webapp.rules.push_services import NEVER_SILENT
from webapp.rules.reach import ANSWERED_STEP, LAST_CALL_AT, LAST_CALL_STEP, MAIL_DELAY_S

_MAIL_DELAY: Final = timedelta(seconds=MAIL_DELAY_S)
_NEVER_SILENT: Final = [f"https://{host.replace('*', '%')}/%" for host in NEVER_SILENT]

# A snapshot that knows transactions which are not there yet is of another database, from which this
# one was restored.
_TAKE: Final = """
    select snapshot, pg_snapshot_xmax(snapshot::pg_snapshot)
        > pg_snapshot_xmax(pg_current_snapshot()) as is_foreign
    from outbox where id = 1 for update skip locked
"""
_NEWS: Final = """
    from job_events as event join jobs on jobs.id = event.job
    where event.txid >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
        and not pg_visible_in_snapshot(event.txid::text::xid8, %(since)s::pg_snapshot)
        and pg_visible_in_snapshot(event.txid::text::xid8, pg_current_snapshot())
"""
_PLAN: Final = f"""
    with moved as (
        update outbox set snapshot = pg_current_snapshot()::text where id = 1
    ), news as materialized (
        select event.job, event.seq, event.kind, event.at, jobs.project_id,
            (event.payload->>'escalation_id')::uuid as escalation_id {_NEWS}
    ), planned as (
        select 'webhook' as channel, 'webhook-' || webhooks.id as target, webhooks.id as webhook_id,
            news.*
        from news join webhooks on webhooks.project_id in ('*', news.project_id)
            and webhooks.off_since is null and news.kind = any(webhooks.events)
            and webhooks.created_at <= news.at
        union all
        select 'callback', 'callback', null, news.*
        from news join escalation_waiters as waiter on waiter.job = news.job
            and waiter.escalation_id = news.escalation_id and waiter.callback_url is not null
        where news.kind = any(%(closing)s)
    ), people as (
        insert into deliveries (message_id, channel, kind, project_id, personal_channel_id,
            escalation_id, due_at, created_at, moved_at)
        select concat_ws('-', 'question', asked.id, channels.id, 0), channels.kind, 'question',
            asked.project_id, channels.id, asked.id,
            asked.created_at + case channels.kind when 'email' then %(mail_delay)s
                else interval '0' end, %(at)s, %(at)s
        from news join agent_escalations as asked on asked.id = news.escalation_id
            and asked.status = 'pending'
        join memberships on memberships.project_id in ('*', asked.project_id)
            and memberships.role in ('founder', 'owner')
        join personal_channels as channels on channels.person_id = memberships.person_id
            and channels.position is not null and channels.off_since is null
        where news.kind = %(asked)s
        on conflict do nothing returning channel
    ), last_calls as (
        insert into deliveries (message_id, channel, kind, project_id, personal_channel_id,
            escalation_id, step, due_at, created_at, moved_at)
        select concat_ws('-', 'question', asked.id, channels.id, %(last_call_step)s),
            channels.kind, 'last_call', asked.project_id, channels.id, asked.id,
            %(last_call_step)s,
            asked.created_at + (asked.deadline_at - asked.created_at) * %(last_call_at)s,
            %(at)s, %(at)s
        from news join agent_escalations as asked on asked.id = news.escalation_id
            and asked.status = 'pending' and asked.deadline_at is not null
        join memberships on memberships.project_id in ('*', asked.project_id)
            and memberships.role in ('founder', 'owner')
        join personal_channels as channels on channels.person_id = memberships.person_id
            and channels.position is not null and channels.off_since is null
        where news.kind = %(asked)s
        on conflict do nothing
    ), answered as (
        insert into deliveries (message_id, channel, kind, project_id, personal_channel_id,
            escalation_id, step, due_at, created_at, moved_at)
        select distinct concat_ws('-', 'answered', told.escalation_id, told.personal_channel_id),
            'push', 'answered', told.project_id, told.personal_channel_id, told.escalation_id,
            %(answered_step)s, %(at)s, %(at)s, %(at)s
        from news join deliveries as told on told.escalation_id = news.escalation_id
            and told.channel = 'push' and told.state in ('accepted', 'maybe_sent', 'leased')
            and told.kind in ('question', 'reminder', 'last_call')
        join personal_channels as channels on channels.id = told.personal_channel_id
            and channels.position is not null and channels.off_since is null
            and not channels.address like any(%(never_silent)s)
        where news.kind = any(%(closing)s) and not exists (select from deliveries as other
            where other.bundled_into = told.id
                and other.personal_channel_id = told.personal_channel_id)
        on conflict do nothing returning channel
    ), edits as (
        insert into deliveries (message_id, channel, kind, project_id, personal_channel_id, edits,
            due_at, created_at, moved_at)
        select distinct 'edit-' || told.id, told.channel, 'edit', told.project_id,
            told.personal_channel_id, told.id, %(at)s, %(at)s, %(at)s
        from news join deliveries as told on told.escalation_id = news.escalation_id
            and told.channel = %(edited)s and told.state in ('accepted', 'leased')
        where news.kind = any(%(closing)s)
        on conflict do nothing returning channel
    ), events as (
        insert into deliveries (message_id, channel, kind, project_id, webhook_id, escalation_id,
            job, seq, due_at, created_at, moved_at)
        select concat_ws('-', 'event', job, seq, target), channel, kind, project_id, webhook_id,
            (select id from agent_escalations where id = planned.escalation_id), job, seq,
            %(at)s, %(at)s, %(at)s
        from planned order by job, seq
        on conflict do nothing returning channel
    )
    select channel from people union select channel from answered
    union select channel from edits union select channel from events
"""  # noqa: S608 - made of the statement above


def plan() -> set[str]:
    """Turn what happened since the last time into deliveries; returns the channels that got some.
    Another worker may be at it: then nothing is left to do here."""
    with transaction("plan deliveries") as session:
        taken = statements.one(session, _TAKE)
        if taken is None:
            return set()
        if taken.is_foreign:
            _begin_here(session)
            return set()
        closing = [kind.value for kind in CLOSING]
        values: dict[str, Any] = {"since": taken.snapshot, "closing": closing, "at": now()}
        values["edited"] = TELEGRAM
        values |= {"asked": Kind.WAITING_FOR_INPUT.value, "mail_delay": _MAIL_DELAY}
        values |= {"last_call_at": LAST_CALL_AT, "last_call_step": LAST_CALL_STEP}
        values |= {"answered_step": ANSWERED_STEP, "never_silent": _NEVER_SILENT}
        return {row.channel for row in statements.rows(session, _PLAN, **values)}


def _begin_here(session: Session) -> None:
    begin = "update outbox set snapshot = pg_current_snapshot()::text where id = 1"
    statements.run(session, begin)
