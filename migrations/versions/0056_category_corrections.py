"""A founder's correction of a category may count for all problems that a rule recognises."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_corrections",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("project_id", sa.String(255), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("corrected_by", sa.String(255), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "escalation_id", sa.Uuid, sa.ForeignKey("agent_escalations.id", ondelete="SET NULL")
        ),
        sa.UniqueConstraint("project_id", "rule"),
    )
    op.create_index(
        "ix_category_corrections_escalation_id",
        "category_corrections",
        ["escalation_id"],
        postgresql_where=sa.text("escalation_id is not null"),
    )


def downgrade() -> None:
    op.drop_table("category_corrections")
