"""What is inside the server: its users, its databases, and what the desk relies on."""

from typing import Final, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from webapp.config import SetupError
from webapp.embedded import audit_owner
from webapp.embedded.cluster import SUPERUSER, Cluster

DATABASE: Final = "unstuck"
# The application's user is no superuser: an injected statement must not reach files or programs.
_ROLE: Final = "unstuck"
SAFE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class Databases:
    """The databases of one running cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy URL of a database, whether it exists or not."""
        password, host = quote(self._cluster.password), quote(str(self._cluster.socket_dir), "")
        return f"postgresql+psycopg://{_ROLE}:{password}@/{quote(database, '')}?host={host}"

    def settle(self, *, durable: bool) -> None:
        """Make sure that nothing that was written can be lost (unless `durable` is False), and of
        the desk's user and database. Raises psycopg.OperationalError while the server starts."""
        with self._superuser() as connection:
            if durable:
                self._check_safety(connection)
            if not _found(connection, "select 1 from pg_roles where rolname = %s", _ROLE):
                connection.execute(
                    sql.SQL("create role {} login createdb password {}").format(
                        sql.Identifier(_ROLE), sql.Literal(self._cluster.password)
                    )
                )
            if not _found(connection, "select 1 from pg_database where datname = %s", DATABASE):
                connection.execute(_creation(DATABASE))
        self._connect(_ROLE, self._cluster.password).close()  # its password is still the right one

    def create(self, name: str, template: str | None) -> None:
        """An empty database, or a copy of `template`."""
        with self._superuser() as connection:
            connection.execute(_creation(name, template))

    def drop(self, name: str) -> None:
        """End the connections to a database and drop it, if it exists."""
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def replace(self, name: str, by: str) -> None:
        """Put another database in the place of one that nobody uses, which is dropped last: killed
        in between, it is there still, under the name `…_before`."""
        old, new = sql.Identifier(name), sql.Identifier(by)
        before = sql.Identifier(f"{name}_before")
        with self._superuser() as connection:
            for statement in (
                sql.SQL("drop database if exists {before} with (force)"),
                sql.SQL("alter database {old} rename to {before}"),
                sql.SQL("alter database {new} rename to {old}"),
                sql.SQL("drop database {before} with (force)"),
            ):
                connection.execute(statement.format(old=old, new=new, before=before))

    def withdraw_audit(self) -> None:
        """Leave the application's user nothing of the audit table but reading and adding."""
        with self._superuser(DATABASE) as connection:
            connection.execute("set lock_timeout = '5s'")
            audit_owner.withdraw(connection, _ROLE, DATABASE)

    def hand_over_audit(self) -> None:
        """Let the application's user change the audit table, until `withdraw_audit`."""
        with self._superuser(DATABASE) as connection:
            connection.execute("set lock_timeout = '5s'")
            audit_owner.hand_over(connection, _ROLE, DATABASE)

    def _superuser(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that may do everything. Data folders of earlier versions have one password
        for both users; there the superuser gets its own one now."""
        password = self._cluster.superuser_password
        try:
            return self._connect(SUPERUSER, password, database)
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
        connection = self._connect(SUPERUSER, self._cluster.password, database)
        changed = sql.SQL("alter role {} password {}")
        connection.execute(changed.format(sql.Identifier(SUPERUSER), sql.Literal(password)))
        return connection

    def _connect(self, user: str, password: str, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            user=user,
            password=password,
            host=str(self._cluster.socket_dir),
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _check_safety(self, connection: psycopg.Connection) -> None:
        for name, value in SAFE.items():
            found = connection.execute("select current_setting(%s)", [name]).fetchone()
            if found != (value,):
                raise SetupError(
                    f"The database runs with {name} off and could lose data. "
                    f"Remove that setting from {self._cluster.path}/postgresql.auto.conf."
                )


def _found(connection: psycopg.Connection, query: LiteralString, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def _creation(name: str, template: str | None = None) -> sql.Composed:
    # Copying the files of a small database is quicker than writing each of its pages to the log.
    return sql.SQL("create database {} owner {} template {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(_ROLE), sql.Identifier(template or "template1")
    )
