"""Slots for open streams, which hold over all processes: a caller has so many, each once."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.operations.transaction import single_statement

SEEN_FOR: Final = timedelta(seconds=20)
"""A process that wasn't seen for so long holds no stream any more."""

_TRIES: Final = 20

# The key of the table decides who gets a slot that two processes want at the same moment. The slot
# of a process that has died is taken over: one that is known and was last seen too long ago. An
# unknown one may have begun after this statement took its snapshot.
_TAKE: Final = """
    with process as (
        insert into serving_processes as known (id, seen_at) values (%(process)s, %(moment)s)
        on conflict (id) do update set seen_at = excluded.seen_at where known.seen_at <= %(alive)s
    )
    insert into stream_slots as held (credential, slot, process)
    select %(credential)s::text, number, %(process)s::uuid
    from generate_series(1, %(most)s::int) as number
    where not exists (select from stream_slots as taken
        join serving_processes on serving_processes.id = taken.process and seen_at > %(alive)s
        where taken.credential = %(credential)s and taken.slot = number)
    order by random() limit 1
    on conflict (credential, slot) do update set process = excluded.process
        where exists (select from serving_processes
            where serving_processes.id = held.process and seen_at <= %(alive)s)
    returning slot
"""
_FREE: Final = """
    select count(*) < %(most)s::int as free from stream_slots
    join serving_processes on serving_processes.id = stream_slots.process and seen_at > %(alive)s
    where credential = %(credential)s
"""
_GIVE_BACK: Final = """
    delete from stream_slots using unnest(%(credentials)s::text[], %(slots)s::int[])
        as unused (credential, slot)
    where stream_slots.credential = unused.credential and stream_slots.slot = unused.slot
        and process = %(process)s
"""
_SEEN: Final = """
    insert into serving_processes (id, seen_at) values (%(process)s, %(moment)s)
    on conflict (id) do update set seen_at = excluded.seen_at
"""
_BURY: Final = """
    with dead as (delete from serving_processes where seen_at <= %(alive)s returning id)
    delete from stream_slots where process in (select id from dead)
        or process not in (select id from serving_processes)
"""


def take(session: Session, credential: str, process: uuid.UUID, most: int) -> int | None:
    """Take one of the caller's `most` slots for the process; None if all are taken. A statement of
    its own."""
    moment = now()
    values = {"credential": credential, "most": most, "alive": moment - SEEN_FOR}
    for _ in range(_TRIES):
        if row := statements.one(session, _TAKE, **values, process=process, moment=moment):
            slot: int = row.slot
            return slot
        row = statements.one(session, _FREE, **values)
        if row is None or not row.free:
            return None
    return None  # others were quicker each time: they took what was free


def give_back(process: uuid.UUID, slots: Collection[tuple[str, int]]) -> None:
    """Let others have these slots, each of a credential, that the process no longer needs."""
    credentials, numbers = [each[0] for each in slots], [each[1] for each in slots]
    with single_statement("stream_slots") as session:
        statements.run(session, _GIVE_BACK, process=process, credentials=credentials, slots=numbers)


def note_process(process: uuid.UUID) -> None:
    """Say that the process lives, and forget those that do not, with their slots."""
    moment = now()
    with single_statement("stream_slots") as session:
        statements.run(session, _SEEN, process=process, moment=moment)
        statements.run(session, _BURY, alive=moment - SEEN_FOR)
