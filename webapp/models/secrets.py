"""Secrets that founders hand over to agents: sealed, taken by the jobs that wait, then wiped."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name


class HandedSecret(Model):
    """One secret of one question. `sealed` is null once it is wiped; `wiped_why` is then one of
    taken, revoked, replaced, expired, unused. No column ever holds the value in the clear."""

    __tablename__ = "handed_secrets"

    id: Mapped[BigKey]
    ref: Mapped[str] = mapped_column(String(40), unique=True)
    escalation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[Name]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))
    stored_at: Mapped[Moment]
    stored_by: Mapped[Name]
    stored_by_ref: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[Moment]
    wiped_at: Mapped[Moment | None]
    wiped_why: Mapped[str | None] = mapped_column(String(20))
    wiped_by: Mapped[Name | None]

    __table_args__ = (
        CheckConstraint("(sealed is null) = (wiped_at is not null)", "wiped"),
        CheckConstraint(
            "wiped_why in ('taken', 'revoked', 'replaced', 'expired', 'unused')", "wiped_why"
        ),
        Index(
            "uq_handed_secrets_present",
            "escalation_id",
            "name",
            unique=True,
            postgresql_where=text("wiped_at is null"),
        ),
        Index("ix_handed_secrets_due", "expires_at", postgresql_where=text("wiped_at is null")),
    )


class SecretTaking(Model):
    """One waiting job that took a secret: when first, under which lease, and when it confirmed."""

    __tablename__ = "secret_takings"

    secret_id: Mapped[int] = mapped_column(
        ForeignKey("handed_secrets.id", ondelete="CASCADE"), primary_key=True
    )
    job: Mapped[int] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    taken_at: Mapped[Moment]
    taken_by: Mapped[Name]
    lease_until: Mapped[Moment]
    acked_at: Mapped[Moment | None]
