"""Which questions are critical, and who is told of those in their quiet hours."""

from alembic import op

revision = "0065"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table agent_escalations"
        " add column if not exists urgency varchar(10) not null default 'normal'"
    )
    op.execute(
        "alter table notification_settings"
        " add column if not exists wakes_for_critical boolean not null default false"
    )


def downgrade() -> None:
    op.drop_column("notification_settings", "wakes_for_critical")
    op.drop_column("agent_escalations", "urgency")
