"""A start-up link ends with the first sign-in; what was taken back leaves nothing behind."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    startup = sa.Column("startup", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("sign_in_links", startup)
    op.execute(
        "update agent_escalations"
        " set held = held - 'decision' - 'guidance' - 'remember_days' - 'key'"
        " where status = 'pending' and held is not null and held_until is null"
    )


def downgrade() -> None:
    op.drop_column("sign_in_links", "startup")
