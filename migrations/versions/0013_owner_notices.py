"""Owners are told of a new owner until they dismiss it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _person(column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_owner_notices_{column}_people")
    return sa.ForeignKeyConstraint([column], ["people.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "owner_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("new_owner_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _person("person_id"),
        _person("new_owner_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_notices")),
    )
    for column in ("person_id", "new_owner_id"):
        op.create_index(op.f(f"ix_owner_notices_{column}"), "owner_notices", [column])


def downgrade() -> None:
    op.drop_table("owner_notices")
