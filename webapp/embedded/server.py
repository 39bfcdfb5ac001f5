"""A PostgreSQL server as a child of this process."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import psycopg

from webapp.config import SetupError, make_data_dir
from webapp.embedded.cluster import Cluster, last_complaint
from webapp.embedded.databases import DATABASE, SAFE, Databases
from webapp.embedded.lock import DataLock, Holder
from webapp.embedded.orphan import end_leftovers, noted_pid, stop_orphan
from webapp.embedded.programs import command_line, environment

_READY_POLL_S: Final = 0.02
_RECOVERY_S: Final = 600.0  # replaying the log after a crash may take minutes, while it is alive
_LINGERING_S: Final = 15.0  # sessions of a killed server let go of its shared memory
_LEAVING_S: Final = 1.0
_LOG_LIMIT: Final = 10_000_000  # bytes

_SETTINGS: Final = {
    "listen_addresses": "",  # the Unix socket only
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # details repeat what was to be stored, such as an address
    # A young desk grows from nothing: what PostgreSQL planned for ten rows is no good for a
    # thousand, and it plans anew once it has counted them.
    "autovacuum_naptime": "5s",
    "jit": "off",  # the desk's statements are short: compiling them costs more than it saves
}
_LEAST_CONNECTIONS: Final = 100
_OF_A_WORKER: Final = 22  # the pool of 20, one that listens and one that notifies
_OF_OTHERS: Final = 60  # the worker, commands, backups, and the next release beside this one
_UNSAFE: Final = dict.fromkeys(SAFE, "off") | {"autovacuum": "off"}


class Server:
    """PostgreSQL in `data_dir`, alive between `start()` and `stop()` or inside a `with` block.

    `durable=False` does without fsync: for tests, which throw the folder away. `pause` waits
    between two looks; it may raise to give up. `workers` is how many processes with a pool of
    connections will use it. On Linux the server stops by itself when the
    thread that called `start()` ends, so call it from the main thread.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        holder: Holder = "command",
        pause: Callable[[float], None] = time.sleep,
        workers: int = 0,
    ) -> None:
        self._data_dir = data_dir
        self._cluster = Cluster(data_dir)
        self._databases = Databases(self._cluster)
        self._durable = durable
        self._holder = holder
        self._connections = max(_LEAST_CONNECTIONS, workers * _OF_A_WORKER + _OF_OTHERS)
        self._pause = pause
        self._lock = DataLock(data_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy URL of one of its databases, for the application's user."""
        return self._databases.url(database)

    def claim(self) -> None:
        """Hold the data folder, and start nothing yet. Raises as `start` does, which needs no
        claim."""
        make_data_dir(self._data_dir)
        try:
            self._lock.acquire(self._holder)
        except OSError as error:
            raise self._unusable(error) from error

    def start(self) -> None:
        """Returns when queries succeed. Raises SetupError, or DataDirInUse when another process
        runs a server here."""
        try:
            self.claim()
            self._cluster.prepare(durable=self._durable)
            stop_orphan(self._cluster.path, self._pause)
            self.trim_log()
            self._spawn()
            self._wait_ready()
        except OSError as error:
            self.stop()
            raise self._unusable(error) from error
        except BaseException:
            self.stop()
            raise

    def _unusable(self, error: OSError) -> SetupError:
        return SetupError(
            f"{error.filename or self._data_dir} can't be used ({error.strerror}). "
            "Run Unstuck as the user who owns the data folder, or set another DATA_DIR."
        )

    def stop(self, timeout_s: float = 30.0) -> None:
        """Stop cleanly; after `timeout_s` seconds without the last checkpoint, which the next
        start makes up for. Harmless when nothing runs."""
        process, self._process = self._process, None
        if process:
            ended = _ask(process, signal.SIGINT, timeout_s) or _ask(process, signal.SIGQUIT, 2.0)
            if not ended:
                process.kill()
                process.wait()
        self._lock.release()

    def is_alive(self) -> bool:
        """Whether the server's process lives; it repairs the loss of a session by itself."""
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Bring a server back that was killed; returns when queries succeed."""
        self._spawn()
        self._wait_ready()

    def trim_log(self) -> None:
        """Keep the server's log file from growing without end."""
        log = self._cluster.log_file
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            os.truncate(log, 0)  # the server appends, so it goes on at the new end

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create an empty database, or a copy of `template` (to which nobody may be connected);
        returns its URL."""
        self._databases.create(name, template)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and the connections to it; harmless when there is none."""
        self._databases.drop(name)

    def _spawn(self) -> None:
        cluster = self._cluster
        # A reused pid in the old pid file would make the server believe in a rival; it passes
        # over the one that is named here. That no server of this folder is left was made sure.
        stale = noted_pid(cluster.path)
        more = {"PG_GRANDPARENT_PID": str(stale)} if stale else {}
        folder = str(cluster.socket_dir).replace('"', '""')
        settings = _SETTINGS | (SAFE if self._durable else _UNSAFE)
        settings["max_connections"] = str(self._connections)
        settings["unix_socket_directories"] = f'"{folder}"'
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        with open(cluster.log_file, "ab", opener=_private) as log:
            self._log_start = log.tell()  # what earlier runs complained of does not matter
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                command_line(
                    "postgres",
                    "-D",
                    str(cluster.path),
                    *options,
                    account=cluster.account,
                    reach=cluster.data_dir,
                    on_parents_death=signal.SIGINT,
                ),
                env=environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C is the supervisor's to handle
            )

    def _wait_ready(self) -> None:
        cluster, started = self._cluster, time.monotonic()
        while time.monotonic() < started + _RECOVERY_S:
            try:
                self._databases.settle(durable=self._durable)
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise SetupError(
                        f"The database doesn't accept the password in {cluster.password_file}. "
                        "Restore the file that belongs to this data from a backup."
                    ) from None
                self._pause(_READY_POLL_S)
            if not self.is_alive():
                self._respawn_or_give_up(started)
        raise SetupError(
            f"The database wasn't ready within {_RECOVERY_S:.0f} seconds. "
            f"The reason is in {cluster.log_file}."
        )

    def _respawn_or_give_up(self, started: float) -> None:
        with self._cluster.log_file.open("rb") as log:
            log.seek(self._log_start)
            tail = log.read().decode("utf-8", "replace")
        if "shared memory block" in tail and time.monotonic() < started + _LINGERING_S:
            if time.monotonic() > started + _LEAVING_S:  # most end by themselves
                end_leftovers(self._cluster.path)
            self._pause(0.1)
            self._spawn()
            return
        raise SetupError(
            f"The database doesn't start ({last_complaint(tail)}). "
            f"Fix that and start again. More is in {self._cluster.log_file}."
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ask(process: subprocess.Popen[bytes], number: signal.Signals, timeout_s: float) -> bool:
    """Whether it ended within `timeout_s` seconds. It is asked again and again: a signal that
    comes before the program is ready for it may be lost."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(0.5, max(0.0, end - time.monotonic())))
            return True
    return False
