"""What only one worker does at a time: who does it, until when, and how far they are."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_leases",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True)),
        sa.Column("about", sa.String(80)),
        sa.Column("trouble", sa.String(500)),
        sa.PrimaryKeyConstraint("name", name="pk_worker_leases"),
    )


def downgrade() -> None:
    op.execute("delete from personal_channels where kind = 'telegram'")
    op.drop_table("worker_leases")
