"""How people are told that a question waits: their channels, and when they want silence."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "personal_channels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("verified_at", MOMENT),
        sa.Column("position", sa.Integer()),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_until", MOMENT),
        sa.Column("code_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("off_since", MOMENT),
        sa.Column("off_because", sa.String(40)),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_personal_channels"),
        sa.UniqueConstraint(
            "person_id", "kind", "address", name="uq_personal_channels_person_id_kind_address"
        ),
        sa.CheckConstraint(
            "position is null or verified_at is not null", name="ck_personal_channels_verified"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name="fk_personal_channels_person_id_people",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "notification_settings",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time_zone", sa.String(64), server_default=sa.text("'UTC'"), nullable=False),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("quiet_days", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("shows_question", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_notification_settings"),
        sa.CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_until between 0 and 1439",
            name="ck_notification_settings_quiet",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name="fk_notification_settings_person_id_people",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "presences",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_presences"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_presences_person_id_people", ondelete="CASCADE"
        ),
    )
    op.add_column("deliveries", sa.Column("personal_channel_id", sa.BigInteger()))
    op.add_column(
        "deliveries", sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("deliveries", sa.Column("bundled_into", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("sealed", sa.Text()))
    op.create_foreign_key(
        "fk_deliveries_personal_channel_id_personal_channels",
        "deliveries",
        "personal_channels",
        ["personal_channel_id"],
        ["id"],
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for column in ("sealed", "bundled_into", "step", "personal_channel_id"):
        op.drop_column("deliveries", column)
    for table in ("presences", "notification_settings", "personal_channels"):
        op.drop_table(table)
