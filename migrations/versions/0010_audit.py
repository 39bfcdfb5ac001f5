"""Who did what, when, and from where: a table to which rows are only ever added."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The rule holds in the database too: whoever gets at the desk's own connection cannot tidy up after
# themselves. What is old may be forgotten (`flask prune --audit-days`), and nothing younger.
KEPT = """
create function audit_events_are_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < now() - interval '90 days' then
        return old;
    end if;
    raise exception 'what is in audit_events is not changed, and kept for 90 days at least';
end
$$
"""
ROWS = """
create trigger audit_rows_are_kept before update or delete on audit_events
for each row execute function audit_events_are_kept()
"""
ALL = """
create trigger audit_is_not_emptied before truncate on audit_events
for each statement execute function audit_events_are_kept()
"""
INDEXES = (
    ("at", "id"),
    ("project_id", "at", "id"),
    ("actor_ref", "at", "id"),
    ("action", "at", "id"),
)


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_ref", sa.String(length=255), nullable=False),
        sa.Column("actor_name", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_audit_events_{'_'.join(columns)}"), "audit_events", columns)
    for statement in (KEPT, ROWS, ALL):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_events")
    op.execute("drop function audit_events_are_kept()")
