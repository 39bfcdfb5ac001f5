"""Jobs: build runs of agents. A job's row carries the counter of its event log."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name

ANYONE = "*"
"""In `opened_by` of jobs of a release that did not keep it: any token of the project may act."""


class Job(Model):
    """One build run, identified for its agent by (project_id, job_id).

    `model_trouble_…` and `model_waits` are of the model provider's latest outage in this job.
    `state` holds what was told or decided; `waiting_for_input` is not stored but follows from the
    questions that are open (queries/jobs.py).
    """

    __tablename__ = "jobs"

    id: Mapped[BigKey]
    project_id: Mapped[Name]
    job_id: Mapped[Name]
    session_id: Mapped[str | None] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(String(255))
    summary: Mapped[str | None] = mapped_column(Text)
    result_url: Mapped[str | None] = mapped_column(Text)
    preview: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), server_default=text("'working'"))
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_event_at: Mapped[Moment | None]
    escalations_since_resume: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[Moment]
    opened_by: Mapped[str | None] = mapped_column(String(80))
    model_trouble_since: Mapped[Moment | None]
    model_trouble_at: Mapped[Moment | None]
    model_waits: Mapped[int] = mapped_column(server_default=text("0"))
    resume_key: Mapped[str | None] = mapped_column(String(400))

    __table_args__ = (
        UniqueConstraint("project_id", "job_id"),
        CheckConstraint("state in ('working', 'paused', 'finished', 'failed')", "state"),
        Index("ix_jobs_moved", text("coalesce(last_event_at, created_at)"), "id"),
        Index("ix_jobs_paused", "id", postgresql_where=text("state = 'paused'")),
    )

    @hybrid_property
    def moved_at(self) -> datetime:
        """When something last happened in the job."""
        return self.last_event_at or self.created_at

    @moved_at.inplace.expression
    @classmethod
    def _moved_at(cls) -> ColumnElement[datetime]:
        return func.coalesce(cls.last_event_at, cls.created_at)
