"""Who a question is assigned to, and the deputy of a person who is away."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# Whether messages about a question are for this person at that moment: if it is assigned to someone
# who may answer, for them alone, else for everyone who may. In place of who is away, their deputy.
IS_TOLD = """
    create or replace function is_told(person bigint, question uuid, moment timestamptz)
    returns boolean language sql stable as $$
        with asked as (
            select project_id, assigned_to from agent_escalations where id = question
        ), able as (
            select distinct memberships.person_id from memberships join asked
                on memberships.project_id in ('*', asked.project_id)
            where role in ('founder', 'owner')
        ), told as (
            select able.person_id as member, case when people.away_until > moment
                and people.deputy in (select person_id from able)
                then people.deputy else able.person_id end as person_id
            from able join people on people.id = able.person_id
        )
        select person in (
            select told.person_id from told join asked on asked.assigned_to = told.member
            union
            select told.person_id from told where not exists (
                select from told as assigned join asked on asked.assigned_to = assigned.member)
        )
    $$
"""


def upgrade() -> None:
    # No foreign key: it would have to look at every question. A person who is gone counts as none.
    op.execute("alter table agent_escalations add column if not exists assigned_to bigint")
    op.execute(
        "alter table people add column if not exists away_until timestamptz,"
        " add column if not exists deputy bigint"
        " constraint fk_people_deputy_people references people on delete set null"
    )
    op.execute(IS_TOLD)


def downgrade() -> None:
    op.execute("drop function if exists is_told(bigint, uuid, timestamptz)")
    op.drop_column("people", "deputy")
    op.drop_column("people", "away_until")
    op.drop_column("agent_escalations", "assigned_to")
