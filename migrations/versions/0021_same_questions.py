"""An agent that asks the same twice without an id gets the question that is pending."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEX = "uq_agent_escalations_pending_question"


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("question_key", sa.String(64), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "agent_escalations",
            ["question_key"],
            unique=True,
            postgresql_where=sa.text("status = 'pending' and question_key is not null"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index(INDEX, "agent_escalations")
    op.drop_column("agent_escalations", "question_key")
