"""One operation, one transaction: change, event rows last, commit, then notify."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from webapp import statements
from webapp.events import log, notify
from webapp.extensions import db
from webapp.metrics import OPERATION_SECONDS


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
def _measured(operation: str) -> Iterator[Session]:
    session: Session = db.session()
    began = time.perf_counter()
    try:
        yield session
        touched = log.touched(session)
        session.commit()
        session.expunge_all()  # what is read next is read anew
        OPERATION_SECONDS.labels(operation).observe(time.perf_counter() - began)
    except BaseException:
        log.discard(session)
        session.rollback()
        raise
    if touched:
        notify.send(touched)
