"""The history is searched by words and people, the jobs are paged, and the numbers are counted."""

import sqlalchemy as sa
from alembic import op

from webapp import schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The words of a closed question: the problem, the guidance, the decision as its option names it.
# ASCII punctuation parts words, or "stripe" would not find "api.stripe.com". The cuts keep the
# longest texts below what a tsvector may hold. One expression of immutable parts, which PostgreSQL
# puts in the place of the call: a call for each row takes five times as long.
WORDS = r"""
create or replace function escalation_words(
    problem text, guidance text, decision text, options jsonb
) returns tsvector language sql immutable parallel safe as $$
    select to_tsvector('pg_catalog.simple', translate(
        left(problem, 20000) || ' ' || left(coalesce(guidance, ''), 20000) || ' '
        || coalesce(decision, '') || ' ' || left(coalesce(jsonb_path_query_first(
            options, '$[*] ? (@.value == $decision).label',
            jsonb_object(array['decision', decision])
        ) #>> '{}', ''), 1000),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
        '                                '
    ))
$$
"""


def upgrade() -> None:
    op.execute(WORDS)
    schema.create_index(
        "ix_agent_escalations_words",
        "agent_escalations",
        [
            sa.text(
                "escalation_words(plain_english_problem, founder_guidance, founder_decision, "
                "options)"
            )
        ],
        postgresql_using="gin",
        postgresql_where=sa.text("resolved_at is not null"),
    )
    schema.create_index(
        "ix_agent_escalations_person",
        "agent_escalations",
        ["resolved_by_ref", "resolved_at", "id"],
        postgresql_where=sa.text("resolved_at is not null"),
    )
    schema.create_index(
        "ix_agent_escalations_failed",
        "agent_escalations",
        ["resolved_at", "id"],
        postgresql_where=sa.text("outcome = 'failed'"),
    )
    schema.create_index(
        "ix_agent_escalations_unanswered",
        "agent_escalations",
        ["status", "resolved_at", "id"],
        postgresql_where=sa.text("status in ('skipped', 'withdrawn', 'expired')"),
    )
    op.drop_index("ix_jobs_last_event_at", "jobs", if_exists=True)
    schema.create_index(
        "ix_jobs_moved", "jobs", [sa.text("coalesce(last_event_at, created_at)"), "id"]
    )
    schema.create_index("ix_attempts_at", "attempts", ["at"], postgresql_using="brin")
    schema.create_index(
        "ix_job_events_healed",
        "job_events",
        ["at"],
        postgresql_where=sa.text("kind = 'agent.error_healed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_job_events_healed", "job_events")
    op.drop_index("ix_attempts_at", "attempts")
    op.drop_index("ix_jobs_moved", "jobs")
    op.create_index("ix_jobs_last_event_at", "jobs", ["last_event_at"])
    for name in ("unanswered", "failed", "person", "words"):
        op.drop_index(f"ix_agent_escalations_{name}", "agent_escalations")
    op.execute("drop function escalation_words(text, text, text, jsonb)")
