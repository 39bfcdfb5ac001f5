"""What people add for the agent after the answer."""

from alembic import op

revision = "0052"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations add column if not exists notes jsonb not null default '[]'"
    )


def downgrade() -> None:
    op.drop_column("agent_escalations", "notes")
