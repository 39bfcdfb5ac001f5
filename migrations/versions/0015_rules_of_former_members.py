"""Standing rules of people who can no longer answer in the project end."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

END = """
update standing_rules set revoked_at = now()
from agent_escalations as question
where question.id = standing_rules.escalation_id
    and standing_rules.revoked_at is null
    and question.resolved_by_ref like 'person:%'
    and not exists (
        select from memberships
        where 'person:' || memberships.person_id = question.resolved_by_ref
            and memberships.project_id in (standing_rules.project_id, '*')
            and memberships.role in ('founder', 'owner')
    )
"""


def upgrade() -> None:
    op.execute(END)


def downgrade() -> None:
    """An ended rule stays ended."""
