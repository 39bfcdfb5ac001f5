"""Whether the texts of a question are Markdown."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations"
        " add column if not exists text_format varchar(10) not null default 'plain'"
    )


def downgrade() -> None:
    op.drop_column("agent_escalations", "text_format")
