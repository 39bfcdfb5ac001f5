"""An answer that can still be taken back waits in its question's row."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp import schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agent_escalations",
        sa.Column("held", postgresql.JSONB(), nullable=True),
        if_not_exists=True,
    )
    op.add_column(
        "agent_escalations",
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )
    schema.create_index(
        "ix_agent_escalations_held",
        "agent_escalations",
        ["held_until"],
        postgresql_where=sa.text("held_until is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_agent_escalations_held", "agent_escalations")
    op.drop_column("agent_escalations", "held_until")
    op.drop_column("agent_escalations", "held")
