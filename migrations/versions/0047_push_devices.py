"""Devices that get push messages, and the key that signs those."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0045"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "server_keys",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_server_keys"),
    )
    op.add_column("personal_channels", sa.Column("name", sa.String(80)))
    op.add_column("personal_channels", sa.Column("sealed", sa.Text()))
    op.add_column("personal_channels", sa.Column("browser_session_id", sa.BigInteger()))
    op.create_foreign_key(
        "fk_personal_channels_browser_session_id_browser_sessions",
        "personal_channels",
        "browser_sessions",
        ["browser_session_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.execute("delete from personal_channels where kind = 'push'")
    for column in ("browser_session_id", "sealed", "name"):
        op.drop_column("personal_channels", column)
    op.drop_table("server_keys")
