"""Lists and the history stay quick however many questions are stored."""

import sqlalchemy as sa
from alembic import op

from webapp import schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.create_index("ix_agent_escalations_list", "agent_escalations", ["created_at", "id"])
    schema.create_index(
        "ix_agent_escalations_project_list", "agent_escalations", ["project_id", "created_at", "id"]
    )
    schema.create_index(
        "ix_agent_escalations_project_history",
        "agent_escalations",
        ["project_id", "resolved_at", "id"],
        postgresql_where=sa.text("resolved_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_agent_escalations_project_history", "agent_escalations")
    op.drop_index("ix_agent_escalations_project_list", "agent_escalations")
    op.drop_index("ix_agent_escalations_list", "agent_escalations")
