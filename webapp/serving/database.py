"""The look at a database that the environment names, before anything is built on it."""

from collections.abc import Callable
from typing import Final

import psycopg

from webapp.config import SetupError

_OLDEST: Final = 15
_TIMEOUT_S: Final = 5
_PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0)

# What the libpq or the server says, and what that means for whoever set DATABASE_URL.
# What passes by itself, as while a machine starts or a standby takes over, is waited for.
_PASSING: Final = (
    ("too many clients", "it has no free connection"),
    ("connection slots are reserved", "it has no free connection"),
    ("too many connections", "it has no free connection"),
    ("failed to resolve host", "there is no host of that name"),
    ("translate host name", "there is no host of that name"),
    ("Connection refused", "no PostgreSQL listens there"),
    ("No such file", "no PostgreSQL listens there"),
    ("No route to host", "its host can't be reached"),
    ("Network is unreachable", "its host can't be reached"),
    ("timeout", "it doesn't answer"),
    ("closed the connection unexpectedly", "it ended the connection"),
    ("Connection reset", "it ended the connection"),
    ("starting up", "it is starting"),
    ("shutting down", "it is shutting down"),
    ("recovery", "it is recovering"),
    ("read-only", "none of its hosts takes writes"),
    ("in hot standby mode", "none of its hosts takes writes"),
)
_CAUSES: Final = (
    ("password authentication failed", "the user or the password is wrong: correct it"),
    ("no password supplied", "the server asks for a password: add it, as in user:password@host"),
    ("does not exist", "there is no such database or user: create it, or correct the name"),
    ("pg_hba.conf", "the server does not let this user in from here: allow it in pg_hba.conf"),
    ("permission denied", "the user may not connect to this database: grant it the right"),
    ("SSL", "the encrypted connection failed: correct sslmode and the certificates"),
    ("invalid", "the address is malformed: correct it, and write %40 for an @ in the password"),
)


def check_server(url: str, pause: Callable[[float], None], say: Callable[[str], None]) -> None:
    """Wait until the server behind this SQLAlchemy URL answers; `pause` waits between two tries,
    and `say` is told what for. Raises SetupError when waiting wouldn't help, or when it isn't
    PostgreSQL 15 or newer."""
    with _connected(url.replace("+psycopg", "", 1), pause, say) as connection:
        version = connection.info.server_version
    if version < _OLDEST * 10_000:
        raise SetupError(
            f"DATABASE_URL points to PostgreSQL {version // 10_000} but Unstuck needs "
            f"{_OLDEST} or newer. Update that server, or unset DATABASE_URL to use the built-in "
            "PostgreSQL."
        )


def _connected(
    url: str, pause: Callable[[float], None], say: Callable[[str], None]
) -> psycopg.Connection:
    said, tries = "", 0
    while True:
        try:
            return psycopg.connect(url, connect_timeout=_TIMEOUT_S, autocommit=True)
        except psycopg.Error as error:
            why = next((words for sign, words in _PASSING if sign in str(error)), None)
            if why is None:
                raise SetupError(_sentence(str(error))) from None
        if why != said:
            say(
                f"Waiting for the database of DATABASE_URL: {why}. Unstuck starts when it answers. "
                "If it never does, correct DATABASE_URL."
            )
            said = why
        pause(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
        tries += 1


def _sentence(message: str) -> str:
    for sign, advice in _CAUSES:
        if sign in message:
            return f"DATABASE_URL does not work, {advice}."
    first = message.strip().splitlines()[0] if message.strip() else "no reason given"
    return f"DATABASE_URL does not work ({first}): correct it, or unset it."
