"""Buttons in messages that give an answer, and messages that change another one."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_buttons",
        sa.Column("id", sa.String(43), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_buttons"),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name="fk_answer_buttons_delivery_id_deliveries",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_answer_buttons_delivery_id", "answer_buttons", ["delivery_id"])
    op.add_column("deliveries", sa.Column("edits", sa.BigInteger()))


def downgrade() -> None:
    op.execute("delete from deliveries where kind = 'edit'")
    op.drop_column("deliveries", "edits")
    op.drop_table("answer_buttons")
