"""Which version the schema has, compared with the one that this code was written for.

A newer schema is fine: migrations only expand, so that servers of the release before go on serving
while others are replaced.
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, TextClause


def is_behind(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether a migration that this code knows has not run yet."""
    current = set(MigrationContext.configure(connection).get_current_heads())
    return current != set(scripts.get_heads()) and not _is_newer(current, scripts)


def is_newer(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether a migration has run that this code does not know."""
    return _is_newer(set(MigrationContext.configure(connection).get_current_heads()), scripts)


def _is_newer(current: set[str], scripts: ScriptDirectory) -> bool:
    return any(not _knows(scripts, revision) for revision in current)


def _knows(scripts: ScriptDirectory, revision: str) -> bool:
    try:
        return scripts.get_revision(revision) is not None
    except CommandError:  # "Can't locate revision"
        return False


def create_index(
    name: str, table: str, columns: Sequence[str | TextClause], **options: Any
) -> None:
    """For migrations: build an index on a table that is in use, without blocking its writers.

    It ends the transaction of the migration, so what was done before must be harmless to repeat. It
    waits for transactions that are open, however long they are.
    """
    with op.get_context().autocommit_block():
        op.execute("set lock_timeout = 0")
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that failed
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)
        op.execute("set lock_timeout = '5s'")
