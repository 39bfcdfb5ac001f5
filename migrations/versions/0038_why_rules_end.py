"""A standing rule says why it ended, and who ended it or which job it didn't help."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standing_rules", sa.Column("ended_because", sa.String(20)))
    op.add_column("standing_rules", sa.Column("ended_by", sa.String(255)))


def downgrade() -> None:
    op.drop_column("standing_rules", "ended_by")
    op.drop_column("standing_rules", "ended_because")
