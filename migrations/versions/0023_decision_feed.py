"""A question knows in which transaction it was closed, so that decisions can be read in order."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX = "ix_agent_escalations_decided"

# Whatever closes a question, in whatever version of the application: nobody can forget it.
_FUNCTION = """
    create function agent_escalation_decided() returns trigger language plpgsql as $$
    begin
        new.decided_xid := pg_current_xact_id()::text::bigint;
        return new;
    end $$
"""
_TRIGGER = """
    create trigger agent_escalation_decided before insert or update of status on agent_escalations
    for each row when (new.status <> 'pending' and new.decided_xid is null)
    execute function agent_escalation_decided()
"""


def upgrade() -> None:
    op.add_column("agent_escalations", sa.Column("decided_xid", sa.BigInteger(), nullable=True))
    op.execute(_FUNCTION)
    op.execute(_TRIGGER)
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "agent_escalations",
            ["decided_xid"],
            postgresql_where=sa.text("decided_xid is not null"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.execute("drop trigger agent_escalation_decided on agent_escalations")
    op.execute("drop function agent_escalation_decided()")
    op.drop_index(INDEX, "agent_escalations")
    op.drop_column("agent_escalations", "decided_xid")
