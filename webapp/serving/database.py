"""The look at a database that the environment names, before anything is built on it."""

from typing import Final

import psycopg

from webapp.config import SetupError

_OLDEST: Final = 15
_TIMEOUT_S: Final = 5

# What the libpq or the server says, and what that means for whoever set DATABASE_URL.
_CAUSES: Final = (
    ("password authentication failed", "the user or the password is wrong: correct it"),
    ("no password supplied", "the server asks for a password: add it, as in user:password@host"),
    ("does not exist", "there is no such database or user: create it, or correct the name"),
    ("pg_hba.conf", "the server does not let this user in from here: allow it in pg_hba.conf"),
    ("permission denied", "the user may not connect to this database: grant it the right"),
    ("too many clients", "the server has no free connection: raise its max_connections"),
    ("failed to resolve host", "there is no host of that name: correct it"),
    ("translate host name", "there is no host of that name: correct it"),
    ("Connection refused", "no PostgreSQL listens there: start it, or correct host and port"),
    ("No such file", "no PostgreSQL listens there: start it, or correct host and port"),
    ("timeout", "the server does not answer: correct host and port, or open the firewall"),
    ("SSL", "the encrypted connection failed: correct sslmode and the certificates"),
    ("invalid", "the address is malformed: correct it, and write %40 for an @ in the password"),
)


def check_server(url: str) -> None:
    """Connect once to the server behind this SQLAlchemy URL; raises SetupError unless it answers
    and is PostgreSQL 15 or newer."""
    try:
        connection = psycopg.connect(
            url.replace("+psycopg", "", 1), connect_timeout=_TIMEOUT_S, autocommit=True
        )
    except psycopg.Error as error:
        raise SetupError(_sentence(str(error))) from None
    with connection:
        version = connection.info.server_version
    if version < _OLDEST * 10_000:
        raise SetupError(
            f"DATABASE_URL points to PostgreSQL {version // 10_000} and the desk needs "
            f"{_OLDEST} or newer: update that server, or unset DATABASE_URL to use the built-in "
            "PostgreSQL."
        )


def _sentence(message: str) -> str:
    for sign, advice in _CAUSES:
        if sign in message:
            return f"DATABASE_URL does not work, {advice}."
    first = message.strip().splitlines()[0] if message.strip() else "no reason given"
    return f"DATABASE_URL does not work ({first}): correct it, or unset it."
