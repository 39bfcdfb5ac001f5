"""An answer of a standing rule names the person whose rule it was, apart from any wording."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Answers of standing rules carried their maker's name behind 21 characters of English until now.
_ESCALATIONS = """
    update agent_escalations set rule_maker = substr(resolved_by, 22)
    where resolved_by_ref like 'rule:%' and starts_with(resolved_by, 'the standing rule of ')
"""
_EVENTS = """
    update job_events set payload = payload || jsonb_build_object(
        'rule_maker', substr(payload->>'resolved_by', 22))
    where kind = 'agent.escalation_resolved'
    and starts_with(payload->>'resolved_by', 'the standing rule of ')
"""


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("rule_maker", sa.String(255)))
    op.execute(_ESCALATIONS)
    op.execute(_EVENTS)


def downgrade() -> None:
    op.drop_column("agent_escalations", "rule_maker")
