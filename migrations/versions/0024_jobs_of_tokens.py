"""A job remembers the token that opened it, and a token which one it replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who opened the jobs there are isn't known: they stay open to every token of their project.
    op.add_column("jobs", sa.Column("opened_by", sa.String(80), server_default="*"))
    op.alter_column("jobs", "opened_by", server_default=None)
    op.add_column("tokens", sa.Column("replaces", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("tokens", "replaces")
    op.drop_column("jobs", "opened_by")
