"""Questions from before there were jobs get their job, and wait in it for their answer."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_BATCH = 2_000

# In batches by the primary key, each a transaction of its own: no row is held for long.
_NEXT = sa.text(
    "select max(id::text)::uuid, count(*) from (select id from agent_escalations "
    "where id > :after order by id limit :batch) as batch"
)
_OF_BATCH = """
    from agent_escalations as question
    where question.id > :after and question.id <= :last and not exists (
        select from escalation_waiters as waiter where waiter.escalation_id = question.id)
"""
_JOBS = sa.text(
    "insert into jobs (project_id, job_id, session_id, created_at) "
    "select project_id, job_id, (array_agg(session_id order by created_at desc))[1], "
    f"min(created_at) {_OF_BATCH} group by project_id, job_id "
    "order by project_id, job_id on conflict do nothing"
)
_WAITERS = sa.text(
    "insert into escalation_waiters (escalation_id, job, joined_at) "
    "select question.id, jobs.id, question.created_at "
    + _OF_BATCH.replace(
        "as question\n",
        "as question join jobs on (jobs.project_id, jobs.job_id) "
        "= (question.project_id, question.job_id)\n",
    )
    + " on conflict do nothing"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run = op.get_bind().execute
        after, batch = "00000000-0000-0000-0000-000000000000", {"batch": _BATCH}
        while True:
            last, count = run(_NEXT, {"after": after} | batch).one()
            if not count:
                return
            part = {"after": after, "last": last}
            run(_JOBS, part)
            run(_WAITERS, part)
            after = last


def downgrade() -> None:
    """What was added can't be told from the rest, and harms nobody."""
