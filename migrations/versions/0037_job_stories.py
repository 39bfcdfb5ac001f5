"""A job has a summary, a result and a preview, as its agent tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("summary", sa.Text()))
    op.add_column("jobs", sa.Column("result_url", sa.Text()))
    op.add_column("jobs", sa.Column("preview", sa.Text()))


def downgrade() -> None:
    for column in ("preview", "result_url", "summary"):
        op.drop_column("jobs", column)
