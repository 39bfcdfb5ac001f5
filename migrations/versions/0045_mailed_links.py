"""Sign-in links that went by email: after one of those a verification code is still asked for."""

from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table sign_in_links add column if not exists mailed boolean not null default false"
    )
    op.execute("alter table people add column if not exists proved_email varchar(255)")


def downgrade() -> None:
    op.drop_column("people", "proved_email")
    op.drop_column("sign_in_links", "mailed")
