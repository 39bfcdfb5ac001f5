"""A new address is only wanted until somebody has proved or confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("wanted_email", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "wanted_email")
