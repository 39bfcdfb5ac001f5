"""Files that agents attach to their questions."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations"
        " add column if not exists attachments jsonb not null default '[]',"
        " add column if not exists attached_digest varchar(64)"
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "escalation_id",
            sa.Uuid,
            sa.ForeignKey("agent_escalations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("project_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_attachments_escalation_id", "attachments", ["escalation_id"])
    op.create_index("ix_attachments_project", "attachments", ["project_id", "size"])


def downgrade() -> None:
    op.drop_table("attachments")
    op.drop_column("agent_escalations", "attached_digest")
    op.drop_column("agent_escalations", "attachments")
