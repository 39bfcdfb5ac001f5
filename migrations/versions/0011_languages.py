"""A person may say in which language they read pages."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("language", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "language")
