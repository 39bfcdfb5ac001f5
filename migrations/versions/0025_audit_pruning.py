"""Old entries of the audit table are forgotten by a function, so that another role may own both."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The schema is named in it, and the path is fixed: whoever calls it can't put tables or functions
# of their own in the place of those that are meant. The trigger goes on refusing younger entries.
_FUNCTION = """
do $do$ begin
    execute format($create$
        create function prune_audit_events(before timestamptz) returns bigint
        language sql security definer set search_path = pg_catalog, pg_temp as $body$
            with forgotten as (
                delete from %I.audit_events where at < before returning 1
            )
            select count(*) from forgotten
        $body$
    $create$, current_schema());
end $do$
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute("revoke all on function prune_audit_events(timestamptz) from public")
    op.execute("alter function audit_events_are_kept() set search_path = pg_catalog, pg_temp")


def downgrade() -> None:
    op.execute("alter function audit_events_are_kept() reset search_path")
    op.execute("drop function prune_audit_events(timestamptz)")
