"""An index for the messages of one channel, built while others write."""

from alembic import op

revision = "0041"
down_revision = "0035"
branch_labels = None
depends_on = None

INDEX = "ix_deliveries_personal_channel_id"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for transactions that are open, and blocks nobody meanwhile.
        op.execute("set lock_timeout = 0")
        op.execute(f"drop index concurrently if exists {INDEX}")  # of an attempt that failed
        op.create_index(
            INDEX, "deliveries", ["personal_channel_id", "id"], postgresql_concurrently=True
        )
        op.execute("set lock_timeout = '5s'")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="deliveries")
