"""What an answer is bound to: the digest of what was shown, and which words were an agent's own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_PENDING = "status = 'pending' and from_report"


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("agent_worded", JSONB(), nullable=True))
    op.add_column("agent_escalations", sa.Column("digest", sa.String(64), nullable=True))
    op.add_column("agent_escalations", sa.Column("differs_from_rule", sa.BigInteger()))
    op.add_column("standing_rules", sa.Column("digest", sa.String(64), nullable=True))
    op.add_column("standing_rules", sa.Column("answered_words", sa.Text(), nullable=True))
    op.add_column("problems", sa.Column("own_answer", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "problems_own_answer_fkey",
        "problems",
        "agent_escalations",
        ["own_answer"],
        ["id"],
        ondelete="SET NULL",
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_agent_escalations_pending_digest",
            "agent_escalations",
            ["project_id", "error_signature", "digest"],
            unique=True,
            postgresql_where=sa.text(_PENDING),
            postgresql_concurrently=True,
        )
        op.drop_index(
            "uq_agent_escalations_pending_report",
            "agent_escalations",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.create_index(
        "uq_agent_escalations_pending_report",
        "agent_escalations",
        ["project_id", "error_signature"],
        unique=True,
        postgresql_where=sa.text(_PENDING),
    )
    op.drop_index("uq_agent_escalations_pending_digest", "agent_escalations")
    op.drop_column("problems", "own_answer")
    op.drop_column("standing_rules", "answered_words")
    op.drop_column("standing_rules", "digest")
    op.drop_column("agent_escalations", "differs_from_rule")
    op.drop_column("agent_escalations", "digest")
    op.drop_column("agent_escalations", "agent_worded")
