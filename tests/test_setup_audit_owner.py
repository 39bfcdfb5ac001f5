"""The application's own role in the built-in database: it adds to the audit table, and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from embedded_process import ask, config_for, connect
from flask import Flask
from flask_migrate import downgrade, upgrade

from webapp import create_app
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.operations import pruning

ADDED = """
    insert into audit_events (at, actor_ref, actor_name, action, subject, details)
    values (now() - interval '{} days', 'person:1', 'Anna', 'rule.ended', '', '{{}}')
"""
FORBIDDEN = (
    "update audit_events set actor_name = 'Ben'",
    "delete from audit_events",
    "truncate audit_events",
    "alter table audit_events disable trigger all",
    "alter table audit_events disable trigger audit_rows_are_kept",
    "alter table audit_events add column more text",
    "alter table audit_events rename to gone",
    "alter table audit_events owner to unstuck",
    "drop trigger audit_rows_are_kept on audit_events",
    "create trigger more before insert on audit_events "
    "for each row execute function agent_escalation_decided()",
    "create rule more as on insert to audit_events do instead nothing",
    "drop table audit_events",
    "drop table audit_events cascade",
    "drop function audit_events_are_kept() cascade",
    "create or replace function audit_events_are_kept() returns trigger language plpgsql "
    "as $$ begin return old; end $$",
    "create or replace function prune_audit_events(before timestamptz) returns bigint "
    "language sql as 'select 1::bigint'",
    "alter function audit_events_are_kept() reset search_path",
    "alter sequence audit_events_id_seq restart",
    "drop schema public cascade",
    "alter schema public rename to gone",
    "alter database unstuck rename to gone",
    "set session_replication_role = replica",
    "set role unstuck_audit",
    "set role postgres",
    "grant unstuck_audit to unstuck",
    "create or replace function prune_audit_events(before timestamptz, batch integer) "
    "returns bigint language sql as 'select 1::bigint'",
    "select prune_audit_events(now())",
    "select prune_audit_events(now(), 1000)",
)


@pytest.fixture(scope="module")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Flask]]:
    """A running server with the newest schema, and an application that uses it as users do."""
    folder = tmp_path_factory.mktemp("data")
    with Server(folder, durable=False, holder="desk") as server:
        application = create_app(config_for(folder))
        with application.app_context():
            upgrade()
            yield server, application
            db.engine.dispose()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_applications_role_cannot_get_around_the_record(
    built_in: tuple[Server, Flask], statement: str
) -> None:
    url = built_in[0].url()
    with connect(url) as connection:
        assert connection.execute("select current_user").fetchone() == ("unstuck",)
        connection.execute(ADDED.format(1))
        before = connection.execute("select count(*) from audit_events").fetchone()
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(statement)
        assert connection.execute("select count(*) from audit_events").fetchone() == before
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)
    assert isinstance(refused.value, refusals), refused.value


def test_old_entries_are_forgotten_and_no_younger_ones(built_in: tuple[Server, Flask]) -> None:
    server, application = built_in
    with connect(server.url()) as connection:
        connection.execute(ADDED.format(400))
        connection.execute(ADDED.format(100))
    # Functions and tables that the caller puts in front change nothing.
    with connect(server.url()) as connection:
        connection.execute("create temporary table audit_events (at timestamptz)")
        connection.execute("set search_path = pg_temp, public, pg_catalog")
        year_ago = "select prune_audit_events(now() - interval '365 days')"
        assert connection.execute(year_ago).fetchone() == (1,)
    with application.app_context():
        assert pruning.prune_audit(datetime.now(UTC) - timedelta(days=90)) == 1


def test_the_role_still_changes_the_rest_of_the_schema(built_in: tuple[Server, Flask]) -> None:
    with connect(built_in[0].url()) as connection:
        connection.execute("create table more (id int)")
        connection.execute("alter table jobs add column more text")
        connection.execute("alter table jobs drop column more")
        connection.execute("drop table more")


def test_data_of_an_earlier_version_is_taken_over_at_the_next_start(tmp_path: Path) -> None:
    with Server(tmp_path, durable=False, holder="desk") as server:
        url = server.url()
        earlier = Config.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": url})
        with create_app(earlier).app_context():
            upgrade(revision="0024")
            db.engine.dispose()
        with connect(url) as connection:
            connection.execute(ADDED.format(1))
        assert owner(url) == "unstuck"
        application = create_app(config_for(tmp_path))
        with application.app_context():
            upgrade()
            assert (owner(url), ask(url, "select count(*) from audit_events")) == (
                "unstuck_audit",
                1,
            )
            downgrade(revision="0024")
            assert owner(url) == "unstuck_audit"
            upgrade()
            upgrade()
            db.engine.dispose()
        assert owner(url) == "unstuck_audit"


def owner(url: str) -> object:
    return ask(url, "select tableowner from pg_tables where tablename = 'audit_events'")
