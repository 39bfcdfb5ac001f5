"""Indexes for devices: one person each, and found by their session. Built while others write."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TABLE = "personal_channels"
OF_SESSION = f"ix_{TABLE}_browser_session_id"
OF_ADDRESS = f"uq_{TABLE}_push_address"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # They wait for transactions that are open, and block nobody meanwhile.
        op.execute("set lock_timeout = 0")
        for name in (OF_SESSION, OF_ADDRESS):  # of an attempt that failed
            op.execute(f"drop index concurrently if exists {name}")
        op.create_index(OF_SESSION, TABLE, ["browser_session_id"], postgresql_concurrently=True)
        op.create_index(
            OF_ADDRESS,
            TABLE,
            ["address"],
            unique=True,
            postgresql_where=sa.text("kind = 'push'"),
            postgresql_concurrently=True,
        )
        op.execute("set lock_timeout = '5s'")


def downgrade() -> None:
    for name in (OF_ADDRESS, OF_SESSION):
        op.drop_index(name, table_name=TABLE)
