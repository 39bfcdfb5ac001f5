"""All decisions of a caller's projects, in order, each exactly once.

A cursor holds a snapshot of PostgreSQL: which transactions had ended when it was made. What comes
after it was decided by a transaction that had not ended by then, however long it took to commit. A
time or a serial number would lose a decision that commits after a later one was read.
"""

import base64
import binascii
import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import Actor
from webapp.errors import Invalid
from webapp.models import AgentEscalation

PAGE: Final = 200
_SNAPSHOT: Final = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?")
_LONGEST: Final = 20_000

_READ: Final = """
    with feed as (
        select id, resolved_at from agent_escalations
        where decided_xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
            and not pg_visible_in_snapshot(decided_xid::text::xid8, %(since)s::pg_snapshot)
            and pg_visible_in_snapshot(decided_xid::text::xid8,
                coalesce(%(until)s::pg_snapshot, pg_current_snapshot()))
            and (%(projects)s::text[] is null or project_id = any(%(projects)s::text[]))
            and (%(at)s::timestamptz is null or (resolved_at, id) > (%(at)s, %(id)s::uuid))
        order by resolved_at, id limit %(limit)s
    )
    select pg_current_snapshot()::text as snapshot, feed.id, feed.resolved_at::text as resolved_at
    from (select) as nothing left join feed on true order by feed.resolved_at, feed.id
"""


@dataclass(frozen=True)
class Cursor:
    """What was read: all that `since` had seen, and of what `until` had seen the decisions up to
    the one at `at` with `id`."""

    since: str
    until: str | None = None
    at: str | None = None
    id: str | None = None

    def text(self) -> str:
        """The cursor as a caller keeps it."""
        return base64.urlsafe_b64encode(json.dumps(vars(self)).encode()).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """The cursor that `text` made. Raises Invalid."""
        try:
            padded = text + "=" * (-len(text) % 4)
            found = cls(**json.loads(base64.urlsafe_b64decode(padded[:_LONGEST])))
            snapshots = [found.since] if found.until is None else [found.since, found.until]
            if not all(_SNAPSHOT.fullmatch(each) for each in snapshots):
                raise ValueError(text)
            if found.at is not None:
                found.at.encode("ascii")
                datetime.fromisoformat(found.at)
            if found.id is not None:
                uuid.UUID(found.id)
        except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
            raise _unreadable() from None
        return found


def _unreadable() -> Invalid:
    message = "is not a cursor of this server: leave it out to begin with the next decision"
    return Invalid(f"after {message}.", {"after": message})


@dataclass(frozen=True)
class Feed:
    """Decisions in order, and where to go on."""

    decisions: list[AgentEscalation]
    cursor: Cursor


def read(session: Session, by: Actor, cursor: Cursor | None, limit: int = PAGE) -> Feed:
    """Up to `limit` decisions after the cursor; without one, where the feed is now. One statement
    reads what there is and up to where that is."""
    if cursor is None:
        (row,) = statements.rows(session, "select pg_current_snapshot()::text as snapshot")
        return Feed([], Cursor(row.snapshot))
    projects = None if by.projects is None else list(by.projects)
    try:
        rows = statements.rows(session, _READ, **vars(cursor), projects=projects, limit=limit)
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or not state.startswith("22"):
            raise
        session.rollback()
        raise _unreadable() from None
    now = rows[0].snapshot
    if _end(cursor.since) > _end(now):  # of a database that is no more, such as before a restore
        raise _unreadable()
    found = [row for row in rows if row.id is not None]
    until = cursor.until or now
    if len(found) == limit:
        last = found[-1]
        after = replace(cursor, until=until, at=last.resolved_at, id=str(last.id))
    else:
        after = Cursor(until)
    loaded = session.scalars(
        select(AgentEscalation).where(AgentEscalation.id.in_([row.id for row in found]))
    )
    by_id = {each.id: each for each in loaded}
    return Feed([by_id[row.id] for row in found if row.id in by_id], after)


def _end(snapshot: str) -> int:
    return int(snapshot.split(":")[1])
