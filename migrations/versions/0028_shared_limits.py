"""Limits that hold over all processes: what each may still count, and which streams are open."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UNLOGGED = ["UNLOGGED"]  # nothing is lost if a crash empties them, and nobody waits for the disk


def upgrade() -> None:
    op.create_table(
        "rate_counters",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_counters")),
        prefixes=UNLOGGED,
    )
    op.create_table(
        "serving_processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serving_processes")),
        prefixes=UNLOGGED,
    )
    op.create_table(
        "stream_slots",
        sa.Column("credential", sa.String(64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("process", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "slot", name=op.f("pk_stream_slots")),
        prefixes=UNLOGGED,
    )


def downgrade() -> None:
    for table in ("stream_slots", "serving_processes", "rate_counters"):
        op.drop_table(table)
