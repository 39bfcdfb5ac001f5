"""Events know the transaction that wrote them: what is new is found in that order, by no clock."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEX = "ix_job_events_txid"


def upgrade() -> None:
    # In two steps, or PostgreSQL would write all rows anew. Those that are there stay without: no
    # listener looks for them any more.
    op.add_column("job_events", sa.Column("txid", sa.BigInteger()))
    op.execute("alter table job_events alter txid set default (pg_current_xact_id()::text)::bigint")
    with op.get_context().autocommit_block():
        # It waits for transactions that are open, and blocks nobody meanwhile.
        op.execute("set lock_timeout = 0")
        op.execute(f"drop index concurrently if exists {INDEX}")  # of an attempt that failed
        op.create_index(
            INDEX,
            "job_events",
            ["txid"],
            postgresql_where=sa.text("txid is not null"),
            postgresql_concurrently=True,
        )
        op.execute("set lock_timeout = '5s'")


def downgrade() -> None:
    op.drop_index(INDEX, "job_events")
    op.drop_column("job_events", "txid")
