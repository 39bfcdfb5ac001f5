"""Shares of limits that hold over all processes. A process takes a share and counts it down on its
own, so that a limit costs a statement for each share and not for each request."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.operations.transaction import transaction

# One statement, which locks the row of its key only: two processes never get the same share.
_TAKE: Final = """
    insert into rate_counters as counter (key, taken, granted, ends_at)
    values (%(key)s, least(%(share)s, %(most)s), least(%(share)s, %(most)s), %(ends_at)s)
    on conflict (key) do update set
        granted = case when counter.ends_at <= %(moment)s then excluded.granted
            else least(%(share)s, greatest(%(most)s - counter.taken, 0)) end,
        taken = case when counter.ends_at <= %(moment)s then excluded.taken
            else greatest(counter.taken, least(counter.taken + %(share)s, %(most)s)) end,
        ends_at = case when counter.ends_at <= %(moment)s then excluded.ends_at
            else counter.ends_at end
    returning granted, ends_at
"""
_FORGET: Final = """
    delete from rate_counters where key = any(array(
        select key from rate_counters where ends_at < %(moment)s limit %(batch)s
    )) returning key
"""


def take(
    session: Session, key: str, *, share: int, most: int, seconds: int
) -> tuple[int, datetime]:
    """Take up to `share` of the `most` that may be counted for this key in so many seconds, which
    begin with the first share. Returns how much was left to take, and when the next window begins.
    """
    lends = not session.in_transaction()  # then this request keeps no connection for it
    moment = now()
    values = {"key": key, "share": share, "most": most, "moment": moment}
    try:
        row = statements.one(session, _TAKE, **values, ends_at=moment + timedelta(seconds=seconds))
    except SQLAlchemyError:
        session.rollback()
        raise
    if lends:
        session.commit()
    if row is None:
        raise RuntimeError("an insert with a conflict clause returned no row")
    return row.granted, row.ends_at


def forget(_before: datetime, batch: int) -> int:
    """Delete up to `batch` counters whose window is over. Returns how many there were."""
    with transaction("prune") as session:
        return len(statements.rows(session, _FORGET, moment=now(), batch=batch))
