"""What leaves the server: deliveries, the webhooks they go to, and the workers that send them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.String(255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.ARRAY(sa.String(40)), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("off_since", MOMENT),
        sa.Column("off_because", sa.String(40)),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("project_id", sa.String(255), nullable=False),
        sa.Column("webhook_id", sa.BigInteger()),
        sa.Column("escalation_id", sa.Uuid()),
        sa.Column("job", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("state", sa.String(20), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.String(80)),
        sa.Column("provider_id", sa.String(255)),
        sa.Column("provider_answer", sa.String(500)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
        sa.CheckConstraint(
            "state in ('waiting', 'leased', 'accepted', 'maybe_sent', 'failed_temporarily', "
            "'failed', 'not_needed')",
            name="ck_deliveries_state",
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name="fk_deliveries_webhook_id_webhooks",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["agent_escalations.id"],
            name="fk_deliveries_escalation_id_agent_escalations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_deliveries_webhook_id", "deliveries", ["webhook_id", "id"])
    op.create_index("ix_deliveries_escalation_id", "deliveries", ["escalation_id"])
    op.create_index("ix_deliveries_project_id", "deliveries", ["project_id", "id"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_table(
        "worker_beats",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker_beats"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.CheckConstraint("id = 1", name="ck_outbox_single"),
    )
    op.execute("insert into outbox (id, snapshot) values (1, pg_current_snapshot()::text)")
    op.add_column("escalation_waiters", sa.Column("callback_url", sa.Text()))


def downgrade() -> None:
    op.drop_column("escalation_waiters", "callback_url")
    for table in ("outbox", "worker_beats", "deliveries", "webhooks"):
        op.drop_table(table)
