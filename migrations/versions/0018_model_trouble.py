"""A job knows for how long its model provider has had trouble."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENTS = ("model_trouble_since", "model_trouble_at")


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("jobs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    waits = sa.Column("model_waits", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("jobs", waits)


def downgrade() -> None:
    for name in (*_MOMENTS, "model_waits"):
        op.drop_column("jobs", name)
