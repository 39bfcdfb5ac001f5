"""What a project may keep waiting, and that a paused job asks nothing new."""

from flask_babel import lazy_gettext
from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp.errors import AppError, Conflict

_STATE = text(
    """
    select (select state from jobs where project_id = :project_id and job_id = :job_id) as job,
        (select count(*) from (select from agent_escalations
            where project_id = :project_id and status = 'pending' limit :most) as open) as open
    """
)


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


def check_room(session: Session, project_id: str, job_id: str, most: int | None) -> None:
    """Raise Conflict where the job is paused, TooManyQuestions where `most` questions of the
    project are pending; None is without a limit."""
    values = {"project_id": project_id, "job_id": job_id, "most": most or 0}
    found = session.execute(_STATE, values).one()
    if found.job == "paused":
        raise Conflict(
            lazy_gettext(
                "This job is paused and takes no new questions. Wait until someone "
                "who can answer resumes it, then ask again."
            )
        )
    if most is not None and found.open >= most:
        raise TooManyQuestions(most)
