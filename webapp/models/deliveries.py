"""What leaves the server: deliveries, the webhooks they go to, and the workers that send them."""

import uuid

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name, Prose


class Delivery(Model):
    """One message on one channel.

    `message_id` is unique and stays the same however often it is sent, so that a receiver knows a
    repetition. `due_at` is when a worker looks at it next: to send it, or because the lease of the
    worker that sends it ran out; NULL once nothing more happens. `job` and `seq` name the event it
    tells: its text is read when it is sent, so that what was erased meanwhile never leaves.
    `edits` is the delivery whose message this one changes.
    """

    __tablename__ = "deliveries"

    id: Mapped[BigKey]
    message_id: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    project_id: Mapped[Name]
    webhook_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("webhooks.id", ondelete="CASCADE")
    )
    escalation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="CASCADE"), index=True
    )
    job: Mapped[int | None] = mapped_column(BigInteger)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), server_default=text("'waiting'"))
    due_at: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    reason: Mapped[str | None] = mapped_column(String(80))
    provider_id: Mapped[str | None] = mapped_column(String(255))
    provider_answer: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Moment]
    moved_at: Mapped[Moment]
    personal_channel_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("personal_channels.id", ondelete="CASCADE")
    )
    step: Mapped[int] = mapped_column(server_default=text("0"))
    bundled_into: Mapped[int | None] = mapped_column(BigInteger)
    sealed: Mapped[str | None] = mapped_column(Text)
    edits: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Unique("message_id"),
        CheckConstraint(
            "state in ('waiting', 'leased', 'accepted', 'maybe_sent', 'failed_temporarily', "
            "'failed', 'not_needed')",
            "state",
        ),
        Index("ix_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_deliveries_personal_channel_id", "personal_channel_id", "id"),
        Index("ix_deliveries_project_id", "project_id", "id"),
        Index(
            "ix_deliveries_due", "channel", "due_at", postgresql_where=text("due_at is not null")
        ),
    )


class AnswerButton(Model):
    """A button in a message, which gives a decision to the question as the message shows it. Its
    random id is all that a press brings back."""

    __tablename__ = "answer_buttons"

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    decision: Mapped[Prose]
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Moment]


class Webhook(Model):
    """An address of somebody's own program that is told the events of a project (or of all, `*`).
    `secret` is sealed. `off_because` says why it gets nothing: `person`, `failures` or `gone`."""

    __tablename__ = "webhooks"

    id: Mapped[BigKey]
    project_id: Mapped[Name]
    url: Mapped[Prose]
    events: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    secret: Mapped[Prose]
    created_by: Mapped[Name]
    created_at: Mapped[Moment]
    off_since: Mapped[Moment | None]
    off_because: Mapped[str | None] = mapped_column(String(40))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[Moment | None]


class WorkerBeat(Model):
    """The last sign of life of a worker."""

    __tablename__ = "worker_beats"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[Moment]
    heard_at: Mapped[Moment]


class WorkerLease(Model):
    """What only one worker does at a time, such as asking Telegram what was sent to a bot
    (`telegram:` and the bot's number). It is `holder`'s until the moment `until`. `position` is
    what comes next, known since `moved_at`; `about` is the provider's name for the bot, and
    `trouble` what went wrong last."""

    __tablename__ = "worker_leases"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[Moment]
    position: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    moved_at: Mapped[Moment | None]
    about: Mapped[str | None] = mapped_column(String(80))
    trouble: Mapped[str | None] = mapped_column(String(500))


class Outbox(Model):
    """Up to where the event log was turned into deliveries: a snapshot, in one row."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    snapshot: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("id = 1", "single"),)
