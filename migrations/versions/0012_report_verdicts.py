"""What tells a repeated call: the verdict under its report's id, the key of the last resume."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_verdicts",
        sa.Column("job", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verdict", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "report_id"),
    )
    op.create_index("ix_report_verdicts_at", "report_verdicts", ["at"], postgresql_using="brin")
    op.add_column("jobs", sa.Column("resume_key", sa.String(400), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "resume_key")
    op.drop_table("report_verdicts")
