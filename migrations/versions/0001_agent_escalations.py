"""The structured question, with exactly the columns and the four indexes it was specified with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.String(length=255), nullable=False),
        sa.Column("job_id", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("error_type", sa.String(length=255), nullable=False),
        sa.Column("error_signature", sa.String(length=800), nullable=False),
        sa.Column("plain_english_problem", sa.Text(), nullable=False),
        sa.Column("attempts_summary", postgresql.JSONB(), nullable=False),
        sa.Column("recommended_action", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("founder_decision", sa.String(length=255), nullable=True),
        sa.Column("founder_guidance", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_escalations")),
    )
    op.create_index(
        op.f("ix_agent_escalations_error_signature"), "agent_escalations", ["error_signature"]
    )
    op.create_index(op.f("ix_agent_escalations_job_id"), "agent_escalations", ["job_id"])
    op.create_index(op.f("ix_agent_escalations_project_id"), "agent_escalations", ["project_id"])
    op.create_index(op.f("ix_agent_escalations_session_id"), "agent_escalations", ["session_id"])


def downgrade() -> None:
    op.drop_table("agent_escalations")
