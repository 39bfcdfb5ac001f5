"""Lists and the history stay quick however many questions are stored."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_agent_escalations_list", "agent_escalations", ["created_at", "id"])
    op.create_index(
        "ix_agent_escalations_project_list", "agent_escalations", ["project_id", "created_at", "id"]
    )
    op.create_index(
        "ix_agent_escalations_project_history",
        "agent_escalations",
        ["project_id", "resolved_at", "id"],
        postgresql_where=sa.text("resolved_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_agent_escalations_project_history", "agent_escalations")
    op.drop_index("ix_agent_escalations_project_list", "agent_escalations")
    op.drop_index("ix_agent_escalations_list", "agent_escalations")
