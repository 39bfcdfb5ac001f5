"""Old entries of the audit table are forgotten in batches, so that nobody waits for a long one."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# As the function of all at once (0025), which servers of the release before still call.
_FUNCTION = """
do $do$ begin
    execute format($create$
        create function prune_audit_events(before timestamptz, batch integer) returns bigint
        language sql security definer set search_path = pg_catalog, pg_temp as $body$
            with forgotten as (
                delete from %1$I.audit_events where ctid = any(array(
                    select ctid from %1$I.audit_events where at < before order by at limit batch
                )) returning 1
            )
            select count(*) from forgotten
        $body$
    $create$, current_schema());
end $do$
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute("revoke all on function prune_audit_events(timestamptz, integer) from public")


def downgrade() -> None:
    op.execute("drop function prune_audit_events(timestamptz, integer)")
