"""The migrations: they build exactly what the models say, and can be taken back."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from tests.conftest import config_for
from webapp import create_app
from webapp.extensions import db

SPECIFIED = {
    "id",
    "session_id",
    "job_id",
    "project_id",
    "error_type",
    "error_signature",
    "plain_english_problem",
    "attempts_summary",
    "recommended_action",
    "options",
    "status",
    "founder_decision",
    "founder_guidance",
    "created_at",
    "resolved_at",
}
INDEXED = {"session_id", "job_id", "project_id", "error_signature"}


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_they_build_exactly_what_the_models_say(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_the_first_builds_escalations_with_the_columns_and_four_indexes_as_specified(app):
    with app.app_context():
        downgrade(revision="0001")
        assert tables() == {"agent_escalations"}
        found = sa.inspect(db.engine)
        columns = {column["name"] for column in found.get_columns("agent_escalations")}
        indexes = [index["column_names"] for index in found.get_indexes("agent_escalations")]
    assert columns == SPECIFIED
    assert sorted(indexes) == sorted([name] for name in INDEXED)


def test_an_upgrade_goes_around_the_connection_pooler(server):
    url = server.create_database("around_the_pooler")
    try:
        nobody = "postgresql://pooler@127.0.0.1:1/nobody"
        app = create_app(config_for(nobody, LISTEN_DATABASE_URL=url))
        with app.app_context():
            upgrade()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sa.text("select count(*) from alembic_version")) == 1
        engine.dispose()
    finally:
        server.drop_database("around_the_pooler")


def test_an_old_answer_of_a_standing_rule_still_says_whose_rule_it_was(app):
    """Until 0030 only the wording of `resolved_by` told a rule's answer from a person's."""
    question = (
        "insert into agent_escalations (id, session_id, job_id, project_id, error_type, "
        "error_signature, plain_english_problem, attempts_summary, recommended_action, options, "
        "status, created_at, resolved_at, resolved_by, resolved_by_ref) values "
        "(gen_random_uuid(), 's', 'build-1', 'shop', 'E', 'shop:E', 'What now?', '[]', '', '[]', "
        "'skipped', now(), now(), :by, :ref)"
    )
    job = (
        "insert into jobs (project_id, job_id, session_id, created_at, last_seq) "
        "values ('shop', 'build-1', 's', now(), 2) returning id"
    )
    event = (
        "insert into job_events (job, seq, kind, at, payload) values (:job, :seq, "
        "'agent.escalation_resolved', now(), jsonb_build_object('resolved_by', cast(:by as text)))"
    )
    rule, person = "the standing rule of Anna", "Anna"
    with app.app_context():
        downgrade(revision="0029")
        run = db.session.execute
        number = run(sa.text(job)).scalar_one()
        for seq, by, ref in ((1, rule, "rule:1"), (2, person, "person:1")):
            run(sa.text(question), {"by": by, "ref": ref})
            run(sa.text(event), {"job": number, "seq": seq, "by": by})
        db.session.commit()
        upgrade()
        columns = "select resolved_by, rule_maker from agent_escalations"
        assert set(run(sa.text(columns))) == {(rule, "Anna"), (person, None)}
        events = "select payload->>'resolved_by', payload->>'rule_maker' from job_events"
        assert set(run(sa.text(events))) == {(rule, "Anna"), (person, None)}
        db.session.remove()


def test_they_can_all_be_taken_back_and_applied_again(app):
    with app.app_context():
        before = tables()
        assert "agent_escalations" in before
        downgrade(revision="base")
        assert tables() == set()
        types = db.session.scalars(
            sa.text(
                "select typname from pg_type join pg_namespace n on n.oid = typnamespace "
                "where nspname = 'public' and typtype = 'e'"
            )
        ).all()
        db.session.remove()
        assert types == []  # an enum that stays behind would break the second upgrade
        upgrade()
        assert tables() == before
