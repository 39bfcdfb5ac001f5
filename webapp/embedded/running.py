"""A database for a command: the desk's own while it runs, else one for as long as it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from webapp.config import Config, SetupError
from webapp.embedded.cluster import Cluster
from webapp.embedded.databases import DATABASE, Databases
from webapp.embedded.lock import DataDirInUse
from webapp.embedded.server import Server

_PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.05
_DRAFT: Final = "unstuck_restored"


def database_url(config: Config) -> str:
    """The SQLAlchemy URL of the desk's database: the one given, or that of the built-in one,
    whether it runs or not."""
    return config.database_url or Server(config.data_dir).url()


def has_data(config: Config) -> bool:
    """Whether there is a database already: the one given, or one in the data folder."""
    return bool(config.database_url) or Cluster(config.data_dir).path.exists()


def hand_over_audit(config: Config) -> None:
    """Let migrations change the audit table of the built-in database, which runs, until
    `withdraw_audit`. With DATABASE_URL the roles are the operator's: nothing happens."""
    if not config.database_url:
        Databases(Cluster(config.data_dir)).hand_over_audit()


def withdraw_audit(config: Config) -> None:
    """Leave the application nothing of the audit table but reading and adding entries, in the
    built-in database, which runs. With DATABASE_URL nothing happens."""
    if not config.database_url:
        Databases(Cluster(config.data_dir)).withdraw_audit()


@contextmanager
def replaced_database(config: Config) -> Iterator[str]:
    """Yield the URL of an empty database, which takes the place of the built-in server's own at the
    end of the block. Where the block fails, that stays as it is. The server runs, and nothing else
    uses it."""
    databases = Databases(Cluster(config.data_dir))
    databases.drop(_DRAFT)
    databases.create(_DRAFT, None)
    try:
        yield databases.url(_DRAFT)
        databases.replace(DATABASE, _DRAFT)
    finally:
        databases.drop(_DRAFT)


@contextmanager
def ensure_running(config: Config) -> Iterator[str]:
    """Yield the URL of the desk's database, which answers inside the block. Where the desk does
    not run, the built-in server is started for the block. A second command waits for the first;
    a block inside a block goes on at once. With DATABASE_URL it yields that, unchecked.
    Raises SetupError."""
    if config.database_url:
        yield config.database_url
        return
    server = Server(config.data_dir)
    try:
        _start_or_join(server)
        yield server.url()
    finally:
        server.stop()


def _start_or_join(server: Server) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            server.start()
            return
        except DataDirInUse as use:
            if (use.by_desk or use.by_us) and _answers(server.url()):
                return
        time.sleep(_LOOK_S)
    raise SetupError(
        f"Another command has used the database for {_PATIENCE_S:.0f} seconds. "
        "Wait until it is done, then try again."
    )


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
