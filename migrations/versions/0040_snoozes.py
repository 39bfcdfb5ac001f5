"""Questions that a person has put off for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snoozes",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_snoozes_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["agent_escalations.id"],
            name=op.f("fk_snoozes_escalation_id_agent_escalations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "escalation_id", name=op.f("pk_snoozes")),
    )
    op.create_index(op.f("ix_snoozes_escalation_id"), "snoozes", ["escalation_id"])


def downgrade() -> None:
    op.drop_table("snoozes")
