"""Find by an index what refers to a question, so that old questions can be pruned."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_problems_answer", "problems", "answer"),
    ("ix_problems_own_answer", "problems", "own_answer"),
    ("ix_standing_rules_escalation_id", "standing_rules", "escalation_id"),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for transactions that are open, and blocks nobody meanwhile.
        op.execute("set lock_timeout = 0")
        for name, table, column in _INDEXES:
            op.execute(f"drop index concurrently if exists {name}")  # of an attempt that failed
            op.create_index(
                name,
                table,
                [column],
                postgresql_where=sa.text(f"{column} is not null"),
                postgresql_concurrently=True,
            )
        op.execute("set lock_timeout = '5s'")


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
