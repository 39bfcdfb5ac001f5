"""Who owns the audit table of the built-in database: not the application's user, so that no
statement of its own changes an entry, removes one or switches the trigger off.

Only while the schema is brought to another version it belongs to the application's user, as whom
migrations run. A superuser doesn't run them: the user could have planted functions for it to call.
"""

from collections.abc import Callable
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from webapp.embedded.cluster import SUPERUSER

OWNER: Final = "unstuck_audit"
"""May not sign in, and may do nothing else: the function that forgets old entries runs as it."""

_TABLE: Final = "public.audit_events"
_FUNCTIONS: Final[tuple[LiteralString, ...]] = (
    "public.audit_events_are_kept()",
    "public.prune_audit_events(timestamptz)",
    "public.prune_audit_events(timestamptz, integer)",
)
_OWNER_OF_TABLE: Final = "select relowner::regrole::text from pg_class where oid = to_regclass(%s)"


def withdraw(connection: psycopg.Connection, role: str, database: str) -> None:
    """Leave `role` nothing but reading and adding entries, and calling the function that forgets
    old ones. `connection` is a superuser's, to that database. Harmless where that is so already,
    and where there is no table yet."""
    if _owner(connection) in (None, OWNER):
        return
    with connection.transaction():
        run = _runner(connection, role, database)
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            run("create role {owner} nologin")
        # The owner of the database owns its schema, and may drop any table or function in that.
        run("alter database {database} owner to {superuser}")
        run("grant create, connect, temporary on database {database} to {role}")
        run("grant usage, create on schema public to {role}")
        run("grant usage on schema public to {owner}")
        _give(connection, run, "{owner}")
        run("revoke all on public.audit_events from {role}, public")
        run("grant select, insert on public.audit_events to {role}")
        run("grant select on sequence public.audit_events_id_seq to {role}")  # pg_dump reads it
        for function in _FUNCTIONS[1:]:
            if _exists(connection, function):
                run("grant execute on function " + function + " to {role}")


def hand_over(connection: psycopg.Connection, role: str, database: str) -> None:
    """Let `role` change the table, for as long as a migration takes."""
    if _owner(connection) != OWNER:
        return
    with connection.transaction():
        _give(connection, _runner(connection, role, database), "{role}")


def _give(
    connection: psycopg.Connection, run: Callable[[LiteralString], None], to: LiteralString
) -> None:
    run("alter table public.audit_events owner to " + to)
    for function in _FUNCTIONS:
        if _exists(connection, function):
            run("alter function " + function + " owner to " + to)


def _runner(
    connection: psycopg.Connection, role: str, database: str
) -> Callable[[LiteralString], None]:
    names = {"owner": OWNER, "role": role, "database": database, "superuser": SUPERUSER}
    quoted = {key: sql.Identifier(name) for key, name in names.items()}

    def run(statement: LiteralString) -> None:
        connection.execute(sql.SQL(statement).format(**quoted))

    return run


def _owner(connection: psycopg.Connection) -> str | None:
    found = connection.execute(_OWNER_OF_TABLE, [_TABLE]).fetchone()
    return found[0] if found else None


def _exists(connection: psycopg.Connection, function: str) -> bool:
    return connection.execute("select to_regprocedure(%s)", [function]).fetchone() != (None,)
