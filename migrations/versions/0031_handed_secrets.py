"""Answers carry what the agent needs: a schema, typed answers, and secrets that are handed over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("answer_schema", JSONB()))
    op.add_column("agent_escalations", sa.Column("answers", JSONB()))
    op.create_table(
        "handed_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.String(255), nullable=False),
        sa.Column("stored_by_ref", sa.String(80), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wiped_at", sa.DateTime(timezone=True)),
        sa.Column("wiped_why", sa.String(20)),
        sa.Column("wiped_by", sa.String(255)),
        sa.UniqueConstraint("ref", name="uq_handed_secrets_ref"),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["agent_escalations.id"],
            name="fk_handed_secrets_escalation_id_agent_escalations",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(sealed is null) = (wiped_at is not null)", name="ck_handed_secrets_wiped"
        ),
        sa.CheckConstraint(
            "wiped_why in ('taken', 'revoked', 'replaced', 'expired', 'unused')",
            name="ck_handed_secrets_wiped_why",
        ),
    )
    op.create_index("ix_handed_secrets_escalation_id", "handed_secrets", ["escalation_id"])
    op.create_index(
        "uq_handed_secrets_present",
        "handed_secrets",
        ["escalation_id", "name"],
        unique=True,
        postgresql_where=sa.text("wiped_at is null"),
    )
    op.create_index(
        "ix_handed_secrets_due",
        "handed_secrets",
        ["expires_at"],
        postgresql_where=sa.text("wiped_at is null"),
    )
    op.create_table(
        "secret_takings",
        sa.Column("secret_id", sa.BigInteger(), nullable=False),
        sa.Column("job", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(255), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("secret_id", "job", name="pk_secret_takings"),
        sa.ForeignKeyConstraint(
            ["secret_id"],
            ["handed_secrets.id"],
            name="fk_secret_takings_secret_id_handed_secrets",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job"], ["jobs.id"], name="fk_secret_takings_job_jobs", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_secret_takings_job", "secret_takings", ["job"])


def downgrade() -> None:
    op.drop_table("secret_takings")
    op.drop_table("handed_secrets")
    op.drop_column("agent_escalations", "answers")
    op.drop_column("agent_escalations", "answer_schema")
