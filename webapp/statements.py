"""Statements in PostgreSQL's own words, straight through the driver.

The calls that agents make all the time are one or two statements each. SQLAlchemy's share of a
statement costs more than the statement; here it only lends the connection of the session.
"""

from typing import Any, Final, NamedTuple, cast

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

__all__ = ["Jsonb", "one", "rows", "run"]

_HIDDEN: Final[dict[str, Any]] = {}  # what was sent may hold what nobody should read in a log


def rows(session: Session, statement: str, **values: Any) -> list[Any]:
    """The rows of a statement, each with its columns by name. Placeholders are `%(name)s`."""
    return _sent(session, statement, values).fetchall()


def one(session: Session, statement: str, **values: Any) -> Any | None:
    """The first row, or None."""
    return _sent(session, statement, values).fetchone()


def run(session: Session, statement: str, **values: Any) -> None:
    """A statement of which nothing is to be read."""
    _sent(session, statement, values or None)


def _sent(
    session: Session, statement: str, values: dict[str, Any] | None
) -> psycopg.Cursor[NamedTuple]:
    connection = session.connection()
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        cursor = driver.cursor(row_factory=namedtuple_row)
        return cursor.execute(statement.encode(), values)
    except psycopg.Error as error:
        if driver.broken or driver.closed:
            connection.invalidate(error)
        # By the name that SQLAlchemy gives it, so that it is caught where its errors are.
        raise DBAPIError.instance(
            statement, _HIDDEN, error, psycopg.Error, hide_parameters=True
        ) from error
