"""What founder and agent say to each other about a question, and whose turn it is."""

from alembic import op

revision = "0042"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations"
        " add column if not exists messages jsonb not null default '[]',"
        " add column if not exists turned_at timestamptz"
    )


def downgrade() -> None:
    op.drop_column("agent_escalations", "turned_at")
    op.drop_column("agent_escalations", "messages")
