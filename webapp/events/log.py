"""The log: events are collected during an operation and written last, in its transaction.

The sequence number comes from the job's own row, counted up in the same transaction and as late in
it as possible: the row lock then orders commits, so a job's events are gapless and in commit order.
A plain identity column is not (docs/decisions/0002-event-log.md).
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from webapp import clock, statements
from webapp.clock import now, rfc3339
from webapp.events.kinds import Kind
from webapp.models import Job

_PENDING = "events to write"
_TOUCHED = "jobs whose logs grew already"


@dataclass(frozen=True)
class Event:
    """One row of a log, with the names that its readers know the job by."""

    job: int
    seq: int
    kind: str
    at: datetime
    payload: dict[str, Any]
    project_id: str
    job_id: str
    txid: int = 0
    """The transaction that wrote it; 0 where that is not known. Never sent to readers."""

    def data(self) -> dict[str, Any]:
        """The event as readers get it: CONTRACT's envelope, then the payload."""
        return {
            "type": self.kind,
            "project_id": self.project_id,
            "job_id": self.job_id,
            "seq": self.seq,
            "at": rfc3339(self.at),
            **self.payload,
        }


def record(session: Session, job: int, kind: Kind, **payload: Any) -> None:
    """Note an event of `job`; `write` puts it into the log at the end of the transaction."""
    session.info.setdefault(_PENDING, []).append((job, kind, payload))


_ERASE = text(
    """
    update job_events set payload = payload
        || case when payload ? 'guidance' then '{"guidance": null}' else '{}' end::jsonb
        || case when payload ? 'note' then '{"note": null}' else '{}' end::jsonb
        || case when payload ? 'text' and payload ?| array['asked_by', 'replied_by', 'added_by']
            then jsonb_build_object('text', cast(:erased as text)) else '{}' end
        || case when payload ? 'reason' then '{"reason": null}' else '{}' end::jsonb
        || case when payload ? 'answers' then jsonb_build_object('answers', (
            select jsonb_object_agg(key, value) from jsonb_each(nullif(payload->'answers', 'null'))
            where jsonb_typeof(value) = 'object')) else '{}' end
        || case when payload->>'resolution' = :free then
            jsonb_build_object('resolution', cast(:erased as text)) else '{}' end
        || case when payload->>'label' = :free then
            jsonb_build_object('label', cast(:erased as text)) else '{}' end
    where job in (select job from escalation_waiters where escalation_id = any(:ids))
        and payload->>'escalation_id' = any(cast(cast(:ids as uuid[]) as text[]))
        and payload ?| array['guidance', 'note', 'reason', 'resolution', 'text']
    """
)


def erase(session: Session, questions: list[uuid.UUID], free: str | None, erased: str) -> None:
    """Take the texts of the answers to these questions out of the log: the one change that it
    knows. `erased` stands in the place of `free`, an answer in own words."""
    values = {"ids": questions, "free": free, "erased": erased}
    session.execute(_ERASE, values, execution_options={"synchronize_session": False})


def touch(session: Session, job: int) -> None:
    """Note that a statement of its own wrote an event of `job`, so that listeners are notified."""
    session.info.setdefault(_TOUCHED, set()).add(job)


def discard(session: Session) -> None:
    """Forget what was noted: the transaction is rolled back."""
    session.info.pop(_PENDING, None)
    session.info.pop(_TOUCHED, None)


_APPEND = text(
    """
    with entry as (
        select kind, payload, ord from jsonb_to_recordset(:entries)
            as e(kind text, payload jsonb, ord int)
    ), counted as (
        update jobs set last_seq = last_seq + :count, last_event_at = :at
        where id = :job returning id, last_seq - :count as base
    )
    insert into job_events (job, seq, kind, at, payload)
    select counted.id, counted.base + entry.ord, entry.kind, :at, entry.payload
    from counted, entry returning seq
    """
).bindparams(bindparam("entries", type_=JSONB))


def write(session: Session) -> None:
    """Write what was noted, one statement per job, in the order of the jobs' keys so that two
    transactions never wait for each other."""
    noted: list[tuple[int, Kind, dict[str, Any]]] = session.info.pop(_PENDING, [])
    by_job: dict[int, list[dict[str, Any]]] = {}
    for job, kind, payload in noted:
        entries = by_job.setdefault(job, [])
        entries.append({"kind": kind, "payload": payload, "ord": len(entries) + 1})
    at = now()
    for job in sorted(by_job):
        entries = by_job[job]
        values = {"entries": entries, "count": len(entries), "job": job, "at": at}
        last = max(session.scalars(_APPEND, values))
        _advance(session, job, last, at)
        touch(session, job)


def touched(session: Session) -> set[int]:
    """The jobs whose logs grew, to notify of. Forgets them."""
    jobs: set[int] = session.info.pop(_TOUCHED, set())
    return jobs


def _advance(session: Session, job: int, last_seq: int, at: datetime) -> None:
    """Let a job that the operation holds, and perhaps returns, know its new last number."""
    known = session.identity_map.get(identity_key(Job, job))
    if known is not None:
        set_committed_value(known, "last_seq", last_seq)
        set_committed_value(known, "last_event_at", at)


_SINCE = text(
    """
    select e.job, e.seq, e.kind, e.at, e.payload, j.project_id, j.job_id
    from job_events e join jobs j on j.id = e.job
    where e.job = :job and e.seq > :after order by e.seq limit :limit
    """
)

# Read by every process after every notification, so in the driver's own words
# (webapp/statements.py).
_MANY_SINCE = """
    select e.job, e.seq, e.kind, e.at, e.payload, j.project_id, j.job_id, coalesce(e.txid, 0) txid
    from unnest(%(jobs)s::bigint[], %(afters)s::bigint[]) as k(job, after)
    -- Job by job: a join would read the logs from their beginning.
    cross join lateral (
        select * from job_events where job = k.job and seq > k.after
            and (k.after > 0 or txid >= %(since)s)
        order by seq limit %(limit)s
    ) e
    join jobs j on j.id = k.job
    order by e.job, e.seq limit %(limit)s
"""

# Not beyond the present transactions: a database that was restored elsewhere brings along numbers
# of its former life.
_MOVED = text(
    """
    select job, max(seq) as last_seq from job_events
    where txid >= :since and txid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    group by job
    """
)

_POSITION = text(
    """
    select clock_timestamp() as moment,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint as position
    """
)


def read(session: Session, job: int, after: int, limit: int = 500) -> list[Event]:
    """Up to `limit` events of one job with a number above `after`, in order."""
    rows = session.execute(_SINCE, {"job": job, "after": after, "limit": limit})
    return [Event(*row) for row in rows]


def read_many(
    session: Session, positions: dict[int, int], since: int, limit: int = 2000
) -> list[Event]:
    """Events of many jobs, each above its position; a job at position 0 from the transaction
    `since`."""
    read = statements.rows(
        session,
        _MANY_SINCE,
        jobs=list(positions),
        afters=list(positions.values()),
        since=since,
        limit=limit,
    )
    return [Event(*row) for row in read]


def moved(session: Session, since: int) -> dict[int, int]:
    """The jobs whose logs grew since that transaction, with their last numbers."""
    return {row.job: row.last_seq for row in session.execute(_MOVED, {"since": since})}


def position(session: Session) -> int:
    """The transaction before which all have ended: their events are there to be read, and later
    ones have this number or a higher one. Sets the clock by the way."""
    asked_at = time.monotonic()
    found = session.execute(_POSITION).one()
    clock.compare(found.moment, asked_at)
    return int(found.position)
