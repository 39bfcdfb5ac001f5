"""What a question carries beyond its specification: why, who answered, the receipt, the waiters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp import schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_STATUS = "status in ('pending', 'resolved', 'skipped', 'expired', 'withdrawn')"
_OUTCOME = "outcome in ('worked', 'failed')"


def upgrade() -> None:
    # Each step may be done already: what was interrupted begins again.
    op.add_column(
        "agent_escalations",
        sa.Column("category", sa.String(length=20), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("family", sa.String(length=40), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("matched_rule", sa.String(length=80), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations", sa.Column("intent", sa.Text(), nullable=True), if_not_exists=True
    )
    op.add_column(
        "agent_escalations",
        sa.Column("error_message", sa.Text(), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("warnings", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("agent_state", postgresql.JSONB(), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("from_report", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("content_digest", sa.String(length=64), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("occurrences", sa.Integer(), server_default=sa.text("1"), nullable=False),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("resolved_by", sa.String(length=255), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("resolved_by_ref", sa.String(length=80), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("resolve_key", sa.String(length=255), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations", sa.Column("reason", sa.Text(), nullable=True), if_not_exists=True
    )
    op.add_column(
        "agent_escalations",
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("outcome", sa.String(length=20), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations", sa.Column("outcome_note", sa.Text(), nullable=True), if_not_exists=True
    )

    for name, rule in (("status", _STATUS), ("outcome", _OUTCOME)):
        op.execute(
            f"alter table agent_escalations drop constraint if exists ck_agent_escalations_{name}, "
            f"add constraint ck_agent_escalations_{name} check ({rule}) not valid"
        )
    op.create_table(
        "escalation_waiters",
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_state", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["agent_escalations.id"],
            name=op.f("fk_escalation_waiters_escalation_id_agent_escalations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job"], ["jobs.id"], name=op.f("fk_escalation_waiters_job_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("escalation_id", "job", name=op.f("pk_escalation_waiters")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_escalation_waiters_job"), "escalation_waiters", ["job"], if_not_exists=True
    )
    # What takes long comes last, and blocks no writer.
    with op.get_context().autocommit_block():
        for name in ("status", "outcome"):
            op.execute(
                f"alter table agent_escalations validate constraint ck_agent_escalations_{name}"
            )
    schema.create_index("ix_agent_escalations_history", "agent_escalations", ["resolved_at", "id"])
    schema.create_index(
        "ix_agent_escalations_job_page",
        "agent_escalations",
        ["project_id", "job_id", "created_at", "id"],
    )
    schema.create_index(
        "ix_agent_escalations_pending",
        "agent_escalations",
        ["created_at", "id"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    schema.create_index(
        "uq_agent_escalations_pending_report",
        "agent_escalations",
        ["project_id", "error_signature"],
        unique=True,
        postgresql_where=sa.text("status = 'pending' and from_report"),
    )


def downgrade() -> None:
    op.drop_table("escalation_waiters")
    op.drop_index("uq_agent_escalations_pending_report", "agent_escalations")
    op.drop_index("ix_agent_escalations_pending", "agent_escalations")
    op.drop_index("ix_agent_escalations_job_page", "agent_escalations")
    op.drop_index("ix_agent_escalations_history", "agent_escalations")
    op.drop_constraint(op.f("ck_agent_escalations_outcome"), "agent_escalations")
    op.drop_constraint(op.f("ck_agent_escalations_status"), "agent_escalations")
    op.drop_column("agent_escalations", "outcome_note")
    op.drop_column("agent_escalations", "outcome_at")
    op.drop_column("agent_escalations", "outcome")
    op.drop_column("agent_escalations", "picked_up_at")
    op.drop_column("agent_escalations", "delivered_at")
    op.drop_column("agent_escalations", "reason")
    op.drop_column("agent_escalations", "resolve_key")
    op.drop_column("agent_escalations", "resolved_by_ref")
    op.drop_column("agent_escalations", "resolved_by")
    op.drop_column("agent_escalations", "occurrences")
    op.drop_column("agent_escalations", "content_digest")
    op.drop_column("agent_escalations", "from_report")
    op.drop_column("agent_escalations", "agent_state")
    op.drop_column("agent_escalations", "warnings")
    op.drop_column("agent_escalations", "error_message")
    op.drop_column("agent_escalations", "intent")
    op.drop_column("agent_escalations", "matched_rule")
    op.drop_column("agent_escalations", "family")
    op.drop_column("agent_escalations", "category")
