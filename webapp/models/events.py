"""The event log: every change of a job is a row, numbered per job without a gap."""

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import JsonObject, Moment


class JobEvent(Model):
    """One row of a job's log. Written only by webapp/events/log.py; never changed, but for a text
    that is erased."""

    __tablename__ = "job_events"

    job: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    at: Mapped[Moment]
    payload: Mapped[JsonObject]
    txid: Mapped[int | None] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    """The transaction that wrote it, by which listeners find what is new (live/bookmarks.py)."""

    __table_args__ = (
        Index("ix_job_events_at", "at", postgresql_using="brin"),
        Index("ix_job_events_txid", "txid", postgresql_where=text("txid is not null")),
        Index("ix_job_events_healed", "at", postgresql_where=text("kind = 'agent.error_healed'")),
    )
