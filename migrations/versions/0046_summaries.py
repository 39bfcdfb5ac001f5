"""When a person gets a daily summary, and for how long others are to answer first."""

from alembic import op

revision = "0046"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table notification_settings"
        " add column if not exists summary_at integer,"
        " add column if not exists others_first_min integer not null default 0"
    )


def downgrade() -> None:
    op.drop_column("notification_settings", "others_first_min")
    op.drop_column("notification_settings", "summary_at")
