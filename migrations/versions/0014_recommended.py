"""A question says which of its options is recommended."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("recommended", sa.String(255), nullable=True))


def downgrade() -> None:
    op.drop_column("agent_escalations", "recommended")
