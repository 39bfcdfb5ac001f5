"""How migrations run: around a pooler, one at a time, and never waiting long for a lock."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from webapp import connections, schema
from webapp.embedded import ensure_running, hand_over_audit, withdraw_audit

logger = logging.getLogger("alembic.env")
migrate = current_app.extensions["migrate"]

LOCK = 7_164_001  # an arbitrary key: two upgrades at once queue up instead of colliding


def run() -> None:
    """Upgrade or downgrade in one transaction per file."""
    with _session() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
        connection.execute(text("set lock_timeout = '5s'"))
        connection.execute(text("set statement_timeout = '5min'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            process_revision_directives=_skip_empty,
            transaction_per_migration=True,
            **{
                k: v
                for k, v in migrate.configure_args.items()
                if k != "process_revision_directives"
            },
        )
        try:
            if _is_done_by_a_newer_version(connection):
                logger.info("A newer version brought the schema further: nothing to do.")
                return
            if not _is_done(connection):
                hand_over_audit(current_app.extensions["unstuck"])
            connection.rollback()  # what was read so far holds no lock while they run
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            withdraw_audit(current_app.extensions["unstuck"])
            connection.execute(text("reset lock_timeout"))
            connection.execute(text("reset statement_timeout"))
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()


@contextmanager
def _session() -> Iterator[Connection]:
    """A connection that is one session of the server from beginning to end, as the advisory lock
    and the timeouts need it: around the connection pooler, where there is one."""
    url = current_app.extensions["unstuck"].listen_url or migrate.db.engine.url
    engine = create_engine(url, poolclass=NullPool, connect_args=dict(connections.ARGUMENTS))
    with engine.execution_options(isolation_level="READ COMMITTED").connect() as connection:
        yield connection


def _is_done_by_a_newer_version(connection: Connection) -> bool:
    """Whether this is an upgrade to the newest version known here, of a schema that is beyond it:
    a server of the release before starts again while others are replaced."""
    scripts = context.script
    wanted = context.get_revision_argument()
    return wanted in scripts.get_heads() and schema.is_newer(connection, scripts)


def _is_done(connection: Connection) -> bool:
    """Whether this is an upgrade to the newest version, and the schema has that already."""
    heads = context.script.get_heads()
    current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == set(heads) and context.get_revision_argument() in heads


def _skip_empty(_context: object, _revision: object, directives: list) -> None:
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives[:] = []
        logger.info("The models and the schema agree: nothing to do.")


if context.is_offline_mode():
    context.configure(
        url=migrate.db.engine.url.render_as_string(hide_password=False),
        target_metadata=migrate.db.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with ensure_running(current_app.extensions["unstuck"]):
        run()
