"""Until when a question can be answered, and what holds if nobody does."""

import sqlalchemy as sa
from alembic import op

from webapp.schema import create_index

revision = "0036"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations add column if not exists deadline_at timestamptz,"
        " add column if not exists deadline_then varchar(255)"
    )
    create_index(
        "ix_agent_escalations_deadline",
        "agent_escalations",
        ["deadline_at"],
        postgresql_where=sa.text("status = 'pending' and deadline_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_agent_escalations_deadline", "agent_escalations")
    op.drop_column("agent_escalations", "deadline_then")
    op.drop_column("agent_escalations", "deadline_at")
