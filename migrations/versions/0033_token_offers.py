"""Links that show a new token once, for whoever runs the agent."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def _reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_token_offers_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "token_offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        _reference("person_id", "people"),
        _reference("token_id", "tokens"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_offers")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_token_offers_secret_hash")),
    )
    for column in ("person_id", "token_id"):
        op.create_index(op.f(f"ix_token_offers_{column}"), "token_offers", [column])


def downgrade() -> None:
    op.drop_table("token_offers")
