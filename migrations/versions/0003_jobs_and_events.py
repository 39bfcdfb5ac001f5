"""Jobs, and the log of what happens to each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("job_id", sa.String(length=255), nullable=False),
        sa.Column("session_id", sa.String(length=255), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column(
            "state", sa.String(length=20), server_default=sa.text("'working'"), nullable=False
        ),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "escalations_since_resume", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('working', 'paused', 'finished', 'failed')", name=op.f("ck_jobs_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("project_id", "job_id", name=op.f("uq_jobs_project_id_job_id")),
    )
    op.create_index("ix_jobs_last_event_at", "jobs", ["last_event_at"])

    op.create_table(
        "job_events",
        sa.Column("job", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["jobs.id"], name=op.f("fk_job_events_job_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job", "seq", name=op.f("pk_job_events")),
    )
    op.create_index("ix_job_events_at", "job_events", ["at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_table("job_events")
    op.drop_table("jobs")
