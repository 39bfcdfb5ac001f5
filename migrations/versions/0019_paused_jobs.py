"""Paused jobs are found without reading all jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Outside of a transaction: agents go on reporting while it is built.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_jobs_paused",
            "jobs",
            ["id"],
            postgresql_where=sa.text("state = 'paused'"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_jobs_paused", "jobs")
