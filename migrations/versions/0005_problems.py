"""What is remembered of a problem: its state, its attempts, the standing rules."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "problems",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("error_signature", sa.String(length=800), nullable=False),
        sa.Column("error_type", sa.String(length=255), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("corrected_category", sa.String(length=20), nullable=True),
        sa.Column("corrected_by", sa.String(length=255), nullable=True),
        sa.Column("attempts_spent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("waits_spent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("healed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("decision", sa.String(length=255), nullable=True),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("answer_is_news", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("plain_english_problem", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint(
            "project_id", "error_signature", name=op.f("uq_problems_project_id_error_signature")
        ),
    )
    op.create_index("ix_problems_last_seen", "problems", ["project_id", "last_seen_at"])

    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("problem_id", sa.BigInteger(), nullable=False),
        sa.Column("job", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(length=255), nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("approach", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["jobs.id"], name=op.f("fk_attempts_job_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_attempts_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_job"), "attempts", ["job"])
    op.create_index("ix_attempts_problem", "attempts", ["problem_id", "id"])

    op.create_table(
        "standing_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("error_signature", sa.String(length=800), nullable=False),
        sa.Column("decision", sa.String(length=255), nullable=True),
        sa.Column("decision_label", sa.Text(), nullable=True),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("escalation_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["agent_escalations.id"],
            name=op.f("fk_standing_rules_escalation_id_agent_escalations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_rules")),
    )
    op.create_index(
        "uq_standing_rules_active",
        "standing_rules",
        ["project_id", "error_signature"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def downgrade() -> None:
    op.drop_table("standing_rules")
    op.drop_table("attempts")
    op.drop_table("problems")
