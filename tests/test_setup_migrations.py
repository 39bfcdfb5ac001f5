"""The migrations: they build exactly what the models say, and can be taken back."""

import re
import socket
import threading

import pytest
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


class Pooler:
    """In place of a connection pooler: keeps everybody waiting, or hangs up on them."""

    def __init__(self, *, cuts: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._cuts = cuts
        self.came: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"postgresql://pooler@127.0.0.1:{self._listener.getsockname()[1]}/nobody"

    def _run(self) -> None:
        while True:
            try:
                caller, _address = self._listener.accept()
            except OSError:
                return
            self.came.append(caller)
            if self._cuts:
                caller.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for caller in self.came:
            caller.close()


@pytest.mark.parametrize("cuts", [False, True])
def test_an_upgrade_goes_around_the_connection_pooler(server, cuts):
    """FIELD: behind PgBouncer the upgrade took its lock over the pooled address, and hung."""
    url = server.create_database("around_the_pooler")
    pooler = Pooler(cuts=cuts)
    try:
        app = create_app(config_for(pooler.url, LISTEN_DATABASE_URL=url))
        with app.app_context():
            upgrade()
        assert not pooler.came
        with pytest.raises(sa.exc.OperationalError), app.app_context():
            db.session.connection()  # it is there, and what is sent to it doesn't work
        assert pooler.came
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sa.text("select count(*) from alembic_version")) == 1
        engine.dispose()
    finally:
        pooler.close()
        server.drop_database("around_the_pooler")


def test_no_upgrade_blocks_the_writers_of_a_table_in_use_while_it_builds_an_index(server):
    """An index of a million rows takes a minute. Only a table that the same migration makes has
    none."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        sent.append(" ".join(statement.lower().split()))

    app = create_app(config_for(server.create_database("indexed")))
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with app.app_context():
            upgrade(revision="0001")
            sent.clear()
            upgrade()
            db.engine.dispose()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
        server.drop_database("indexed")
    new: set[str] = set()
    blocking = []
    for statement in sent:
        if statement.startswith("update alembic_version"):
            new.clear()  # the next migration
        elif made := re.match(r"create table (?:if not exists )?(\w+)", statement):
            new.add(made[1])
        index = re.match(r"create (?:unique )?index (?!concurrently).* on (\w+)", statement)
        if index and index[1] not in new:
            blocking.append(statement)
    assert len([each for each in sent if "index concurrently" in each]) > 10, "they were seen"
    assert blocking == []


def test_questions_from_before_there_were_jobs_get_theirs_and_their_waits_end(app, agent, founder):
    question = (
        "insert into agent_escalations (id, session_id, job_id, project_id, error_type, "
        "error_signature, plain_english_problem, attempts_summary, recommended_action, options, "
        "status, created_at) select gen_random_uuid(), 's', 'build-' || number, 'shop', 'E', "
        "'shop:E', 'What now?', '[]', '', '[]', 'pending', now() "
        "from generate_series(1, 3) as number, generate_series(1, 1500) returning id, job_id"
    )
    with app.app_context():
        downgrade(revision="0031")
        asked = dict(db.session.execute(sa.text(question)).all())
        db.session.commit()
        upgrade()
        waiters = (
            "select count(*), count(distinct job) from escalation_waiters "
            "join jobs on jobs.id = job where jobs.project_id = 'shop'"
        )
        assert db.session.execute(sa.text(waiters)).one() == (4500, 3)
        db.session.remove()
    client, key = app.test_client(), next(iter(asked))
    path = f"/api/escalations/{key}"
    assert client.get(f"{path}/decision", headers=agent).status_code == 204
    answer = {"decision": "provide_guidance", "guidance": "Go on."}
    assert client.post(f"{path}/resolve", json=answer, headers=founder).status_code == 200
    assert client.get(f"{path}/decision", headers=agent).status_code == 200
    events = client.get(f"/api/jobs/{asked[key]}/events?project_id=shop", headers=agent).json
    assert "agent.escalation_resolved" in {event["type"] for event in events}


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
