"""What only one of several workers does at a time. It is a worker's for a while: one that dies
loses it, and another one goes on from the position that was stored with the last effect."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import case, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.models import WorkerLease
from webapp.operations.transaction import transaction

_LIVES: Final = timedelta(seconds=45)
_POSITION_LIVES: Final = timedelta(days=6)
"""Telegram counts from another number when nothing happened for a week."""


class LeaseLost(Exception):
    """Another worker does it now, or this was done before. Nothing was stored."""


@dataclass(frozen=True)
class Lease:
    """What is done, and the worker that does it."""

    name: str
    holder: str


@dataclass(frozen=True)
class Turn:
    """One thing to do under a lease: the one with this number."""

    lease: Lease
    number: int


def take(lease: Lease) -> int | None:
    """Take or keep a lease. Returns the number of what comes next, 0 for whatever is there; None
    while another worker holds the lease."""
    moment = now()
    mine = {"holder": lease.holder, "until": moment + _LIVES}
    is_old = WorkerLease.moved_at < moment - _POSITION_LIVES
    position = case((is_old, 0), else_=WorkerLease.position)
    row = insert(WorkerLease).values(name=lease.name, **mine)
    free = or_(WorkerLease.holder == lease.holder, WorkerLease.until <= moment)
    statement = row.on_conflict_do_update(
        index_elements=["name"], set_=mine | {"position": position}, where=free
    )
    with transaction("take lease") as session:
        found: int | None = session.scalar(statement.returning(WorkerLease.position))
    return found


def keep(session: Session, turn: Turn) -> None:
    """Note in the caller's transaction that this is done, and keep the lease. Raises LeaseLost."""
    moment = now()
    kept = session.scalar(
        update(WorkerLease)
        .where(
            WorkerLease.name == turn.lease.name,
            WorkerLease.holder == turn.lease.holder,
            WorkerLease.position <= turn.number,
        )
        .values(position=turn.number + 1, moved_at=moment, until=moment + _LIVES)
        .returning(WorkerLease.name)
    )
    if kept is None:
        raise LeaseLost


def skip(turn: Turn) -> None:
    """Note that there was nothing to do. Raises LeaseLost."""
    with transaction("take turn") as session:
        keep(session, turn)


def describe(lease: Lease, about: str, trouble: str | None) -> None:
    """Keep what the page says: the provider's name for the bot, and what went wrong last."""
    with transaction("describe lease") as session:
        session.execute(
            update(WorkerLease)
            .where(WorkerLease.name == lease.name, WorkerLease.holder == lease.holder)
            .values(trouble=trouble and trouble[:500], **({"about": about[:80]} if about else {}))
        )


def give_back(lease: Lease) -> None:
    """Let another worker go on right away."""
    with transaction("give lease back") as session:
        session.execute(
            update(WorkerLease)
            .where(WorkerLease.name == lease.name, WorkerLease.holder == lease.holder)
            .values(until=now())
        )
