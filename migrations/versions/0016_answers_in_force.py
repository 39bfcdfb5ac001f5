"""A problem knows which answer is in force for it, so that verdicts follow what was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Answers that were given before: the latest one of each problem that is still open.
_ANSWERS = """
    update problems set answer = (
        select id from agent_escalations as asked
        where asked.project_id = problems.project_id
            and asked.error_signature = problems.error_signature
            and asked.status in ('resolved', 'skipped')
        order by resolved_at desc limit 1
    ) where is_open and decision is not null
"""


def upgrade() -> None:
    op.add_column("problems", sa.Column("answer", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "problems_answer_fkey",
        "problems",
        "agent_escalations",
        ["answer"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute(_ANSWERS)


def downgrade() -> None:
    op.drop_column("problems", "answer")
