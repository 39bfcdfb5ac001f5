"""One operation, one transaction: change, event rows last, commit, then the doorbell."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from webapp.events import doorbell, log
from webapp.extensions import db


@contextmanager
def transaction() -> Iterator[Session]:
    """Give the session of an operation; commit at the end, or roll all of it back.

    Whoever listens is told after the commit and never in it: a NOTIFY inside a transaction takes a
    lock over the whole server at commit (docs/decisions/0003-doorbell.md).
    """
    session: Session = db.session()
    try:
        yield session
        session.flush()
        touched = log.write(session)
        session.commit()
        session.expunge_all()  # what is read next is read anew
    except BaseException:
        log.discard(session)
        session.rollback()
        raise
    if touched:
        doorbell.ring(touched)
