"""Deliveries: claimed by a worker, and settled when it knows how the attempt ended.

A worker claims in a transaction of its own and commits before it sends, so no row is locked while
a provider takes its time. When a worker dies meanwhile, its lease runs out.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Delivery, PersonalChannel, Webhook, WorkerBeat
from webapp.operations import reminders
from webapp.operations.transaction import single_statement, transaction
from webapp.rules import sending
from webapp.rules.keys import without_keys
from webapp.rules.limits import clean_text
from webapp.rules.sending import Attempt, Outcome

_AT_ONE_ADDRESS: Final = 3
"""Attempts at one webhook at a time: a slow one leaves threads for the others."""

# One message at a time goes to a person's channel, so that what waits there comes in one.
_CLAIM: Final = """
    with due as (
        select id, state from deliveries as next
        where channel = %(channel)s and due_at <= %(at)s and (webhook_id is null or (
            select count(*) from deliveries as open where open.webhook_id = next.webhook_id
            and open.state = 'leased' and open.due_at > %(at)s) < %(at_one_address)s)
            and (personal_channel_id is null or not exists (select from deliveries as open
                where open.channel = %(channel)s and open.due_at > %(at)s and open.state = 'leased'
                and open.personal_channel_id = next.personal_channel_id and open.id <> next.id))
        order by due_at, id limit 1 for update skip locked
    )
    update deliveries set state = 'leased', attempts = attempts + 1, due_at = %(until)s,
        moved_at = %(at)s
    from due where deliveries.id = due.id
    returning deliveries.id, message_id, channel, kind, project_id, webhook_id, escalation_id, job,
        seq, attempts, due.state in ('leased', 'maybe_sent') as maybe_sent, personal_channel_id,
        step, sealed, edits
"""


@dataclass(frozen=True)
class Claimed:
    """A delivery that is this worker's until its lease runs out. `maybe_sent` says that an earlier
    attempt may have arrived. `attempts` counts this one."""

    id: int
    message_id: str
    channel: str
    kind: str
    project_id: str
    webhook_id: int | None
    escalation_id: uuid.UUID | None
    job: int | None
    seq: int | None
    attempts: int
    maybe_sent: bool
    personal_channel_id: int | None = None
    step: int = 0
    sealed: str | None = None
    edits: int | None = None


def claim(channel: str, lease_s: float) -> Claimed | None:
    """Take the delivery that has been due the longest, for so many seconds."""
    with single_statement("claim delivery") as session:
        moment = now()
        values = {
            "channel": channel,
            "at": moment,
            "until": moment + timedelta(seconds=lease_s),
            "at_one_address": _AT_ONE_ADDRESS,
        }
        row = statements.one(session, _CLAIM, **values)
        return None if row is None else Claimed(*row)


def settle(claimed: Claimed, attempt: Attempt, *, may_repeat: bool) -> bool:
    """Keep how the attempt ended, and when the next one is. Returns False where the lease had run
    out and another worker took it: then its word counts."""
    jitter = random.random()  # noqa: S311 - spreads what failed together
    follows = sending.after(attempt, claimed.attempts, may_repeat=may_repeat, jitter=jitter)
    due = None if follows.in_s is None else now() + timedelta(seconds=follows.in_s)
    with transaction("settle delivery") as session:
        kept = _move(
            session,
            claimed,
            state=follows.state,
            due_at=due,
            provider_id=attempt.provider_id,
            provider_answer=_kept(attempt.answer),
            **({} if due else {"sealed": None}),
        )
        if kept and claimed.webhook_id is not None:
            _judge(session, session.get(Webhook, claimed.webhook_id, with_for_update=True), attempt)
        if kept and claimed.personal_channel_id is not None:
            key = claimed.personal_channel_id
            _judge(session, session.get(PersonalChannel, key, with_for_update=True), attempt)
            if follows.in_s is None and claimed.escalation_id is not None:
                reminders.plan(session, claimed.id)
        return kept


def leave(claimed: Claimed, reason: str) -> None:
    """Close a delivery that nobody needs any more; `reason` says why."""
    with transaction("settle delivery") as session:
        _move(session, claimed, state="not_needed", due_at=None, reason=reason, sealed=None)


def postpone(claimed: Claimed, reason: str, wait_s: float) -> None:
    """Look at a delivery again in so many seconds; this look was no attempt."""
    with transaction("settle delivery") as session:
        due = now() + timedelta(seconds=wait_s)
        attempts = claimed.attempts - 1
        _move(session, claimed, state="waiting", due_at=due, reason=reason, attempts=attempts)


def _move(session: Session, claimed: Claimed, **values: Any) -> bool:
    moved = session.scalar(
        update(Delivery)
        .where(
            Delivery.id == claimed.id,
            Delivery.state == "leased",
            Delivery.attempts == claimed.attempts,
        )
        .values(moved_at=now(), **values)
        .returning(Delivery.id)
    )
    return moved is not None


def _kept(answer: str) -> str:
    return without_keys(clean_text(answer))[: sending.ANSWER_KEPT]


def _judge(session: Session, receiver: Webhook | PersonalChannel | None, attempt: Attempt) -> None:
    """Count the failures of a webhook or a person's channel, and switch it off where it failed for
    too long."""
    outcome = attempt.outcome
    if receiver is None or receiver.off_since is not None or outcome is Outcome.REFUSED:
        return
    if outcome is Outcome.ACCEPTED:
        receiver.failures, receiver.failing_since = 0, None
        return
    moment = now()
    receiver.failures += 1
    receiver.failing_since = receiver.failing_since or moment
    failing_s = (moment - receiver.failing_since).total_seconds()
    if sending.is_off(receiver.failures, failing_s, outcome):
        receiver.off_since = moment
        receiver.off_because = "gone" if outcome is Outcome.GONE else "failures"
        if isinstance(receiver, Webhook):
            close_open(session, receiver.id, "webhook_off")


def close_open(session: Session, webhook: int, reason: str) -> None:
    """Close what still waits to go to this webhook; it can be sent again by hand."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.webhook_id == webhook,
            Delivery.due_at.is_not(None),
            Delivery.state != "leased",
        )
        .values(state="failed", due_at=None, reason=reason, moved_at=now())
    )


def next_due(channel: str) -> datetime | None:
    """When the next delivery of this channel is due; None where nothing waits."""
    due: datetime | None = db.session().scalar(
        select(func.min(Delivery.due_at)).where(
            Delivery.channel == channel, Delivery.due_at.is_not(None)
        )
    )
    return due


def beat(worker: str) -> None:
    """Keep a sign of life of this worker, and forget those that ended long ago."""
    moment = now()
    with transaction("worker beat") as session:
        row = insert(WorkerBeat).values(id=worker, started_at=moment, heard_at=moment)
        session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"heard_at": moment}))
        old = moment - timedelta(days=1)
        session.execute(delete(WorkerBeat).where(WorkerBeat.heard_at < old))


def end(worker: str) -> None:
    """A worker that stops says so: nobody waits for it."""
    with transaction("worker beat") as session:
        session.execute(delete(WorkerBeat).where(WorkerBeat.id == worker))
