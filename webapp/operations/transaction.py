"""One operation, one transaction: change, event rows last, commit, then notify."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final, cast

from sqlalchemy import Engine, exc
from sqlalchemy.orm import Session

from webapp import database_errors, pool, statements
from webapp.disk import DiskFull
from webapp.events import log, notify
from webapp.extensions import db
from webapp.metrics import OPERATION_SECONDS

_FREES: Final = "prune"  # what makes room on a full disk
_TURN_S: Final = 20.0  # how long an operation waits while others hold all the writers' connections


@contextmanager
def transaction(operation: str = "other") -> Iterator[Session]:
    """Give the session of an operation; commit at the end, or roll all of it back. `operation`
    is the name under which its time is measured.

    Listeners are notified after the commit and never in it: a NOTIFY inside a transaction takes a
    lock over the whole server at commit (docs/decisions/0003-notify.md).
    """
    with _measured(operation) as session:
        statements.run(session, "begin")
        yield session
        session.flush()
        log.write(session)


@contextmanager
def single_statement(operation: str) -> Iterator[Session]:
    """As `transaction`, for an operation that changes everything in one statement: that is a
    transaction of its own, and nothing has to be sent around it. What it reads before is not
    locked; the statement itself has to find out whether that still holds."""
    with _measured(operation) as session:
        yield session


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """One of the connections for writers. Raises TimeoutError when none becomes free in time."""
    writers = _database(session).writers
    if not writers.acquire(blocking=False):
        session.commit()  # nothing: it gives back the connection of what was read, to other readers
        if not writers.acquire(timeout=_TURN_S):
            raise exc.TimeoutError("no connection for writers became free in time")
    try:
        yield
    finally:
        writers.release()


def _database(session: Session) -> pool.Database:
    return pool.of(cast("Engine", session.get_bind()))


@contextmanager
def _measured(operation: str) -> Iterator[Session]:
    session: Session = db.session()
    database = _database(session)
    if operation != _FREES and not database.patient:
        database.disk.require_room()
    with _turn(session):
        touched = yield from _committed(session, operation)
    if touched:
        notify.send(touched)


def _committed(session: Session, operation: str) -> Generator[Session, None, set[int]]:
    began = time.perf_counter()
    try:
        yield session
        touched = log.touched(session)
        session.commit()
        session.expunge_all()  # what is read next is read anew
        OPERATION_SECONDS.labels(operation).observe(time.perf_counter() - began)
        return touched
    except BaseException as error:
        log.discard(session)
        session.rollback()
        if database_errors.is_disk_full(error):
            _database(session).disk.refused()
            raise DiskFull from error
        raise
