"""Up to when a person has seen what is new."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table people add column if not exists morning_at timestamptz")


def downgrade() -> None:
    op.drop_column("people", "morning_at")
