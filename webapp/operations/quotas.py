"""What a project may keep waiting, and that a paused job asks nothing new.

Where there is plenty of room, nobody waits: the count is a plain read before the question is
stored. Where room gets scarce, those who ask in a project take turns, so that two of them never
take the last place.
"""

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp import statements
from webapp.errors import AppError, Conflict

_AT_ONCE: Final = 100
"""More questions than are ever on their way at the same moment in one project."""

_LOCKS: Final = 11_001
"""The advisory locks of projects in which room is scarce."""

_ROOM: Final = """
    select (select state from jobs
            where project_id = %(project_id)s and job_id = %(job_id)s) as job,
        (select count(*) from (select from agent_escalations where project_id = %(project_id)s
            and status = 'pending' limit %(most)s) as open) as open
"""
_TURN: Final = "select pg_advisory_xact_lock(%(locks)s, hashtext(%(project_id)s))"


class TooManyQuestions(AppError):
    """The project has as many open questions as it may."""

    status, code = 429, "too-many-questions"
    title = lazy_gettext("Too many open questions")

    def __init__(self, most: int) -> None:
        super().__init__(
            lazy_gettext(
                "This project has %(most)s open questions. Answer or withdraw some "
                "of them, or raise QUOTA_OPEN_QUESTIONS. Then send this one again.",
                most=most,
            )
        )
        self.headers = {"Retry-After": "60"}


@dataclass(frozen=True)
class Room:
    """How many questions of a project are pending, and the state of the job that would ask."""

    job_state: str | None
    open: int
    most: int | None

    @property
    def is_scarce(self) -> bool:
        """Whether those who ask at this moment might take more than there is."""
        return self.most is not None and self.most - self.open <= max(_AT_ONCE, self.most // 2)

    def check(self) -> None:
        """Raise Conflict if the job is paused, TooManyQuestions if nothing is left."""
        if self.job_state == "paused":
            raise Conflict(
                lazy_gettext(
                    "This job is paused and takes no new questions. Wait until someone "
                    "who can answer resumes it, then ask again."
                )
            )
        if self.most is not None and self.open >= self.most:
            raise TooManyQuestions(self.most)


def room(session: Session, project_id: str, job_id: str, most: int | None) -> Room:
    """How much room there is for one more question of that job; `most` of None is without limit."""
    values = {"project_id": project_id, "job_id": job_id, "most": most or 0}
    row = statements.one(session, _ROOM, **values)
    if row is None:
        raise RuntimeError("a select without a table returned no row")
    return Room(row.job, row.open, most)


def wait_for_turn(session: Session, project_id: str) -> None:
    """Be the only one who asks in the project until the caller's transaction ends. Taken before
    any row is locked: nobody who holds it waits for one who wants it."""
    statements.run(session, _TURN, locks=_LOCKS, project_id=project_id)


def turn(session: Session, project_id: str, most: int | None) -> Room:
    """How much room there is for one who may ask, read once: where it is scarce, after waiting for
    the turn. Without a limit nothing is read. Inside a transaction that has no row locked yet."""
    if most is None:
        return Room(None, 0, None)
    found = room(session, project_id, "", most)
    if not found.is_scarce:
        return found
    wait_for_turn(session, project_id)
    return room(session, project_id, "", most)
