"""Each attempt holds what its job has spent; a row for each task of a job counts its retries."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table problems add column if not exists budgets integer not null default 0")
    op.execute(
        "alter table attempts"
        " add column if not exists attempts_spent integer,"
        " add column if not exists waits_spent integer,"
        " add column if not exists budget integer"
    )
    op.create_table(
        "task_budgets",
        sa.Column(
            "job", sa.BigInteger, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("task", sa.String(32), primary_key=True),
        sa.Column("spent", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("question", sa.Uuid, sa.ForeignKey("agent_escalations.id", ondelete="SET NULL")),
        sa.Column("answer_is_news", sa.Boolean, nullable=False, server_default=sa.text("false")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_task_budgets_question",
        "task_budgets",
        ["question"],
        postgresql_where=sa.text("question is not null"),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        # It waits for transactions that are open, and blocks nobody meanwhile.
        op.execute("set lock_timeout = 0")
        op.execute("drop index concurrently if exists ix_attempts_job_problem")  # of a failed try
        op.create_index(
            "ix_attempts_job_problem",
            "attempts",
            ["job", "problem_id", "id"],
            postgresql_concurrently=True,
        )
        op.execute("drop index concurrently if exists ix_attempts_job")
        op.execute("set lock_timeout = '5s'")


def downgrade() -> None:
    op.create_index("ix_attempts_job", "attempts", ["job"])
    op.drop_index("ix_attempts_job_problem", "attempts")
    op.drop_table("task_budgets")
    for column in ("attempts_spent", "waits_spent", "budget"):
        op.drop_column("attempts", column)
    op.drop_column("problems", "budgets")
