"""The folder that PostgreSQL keeps its data in: making it, whole or not at all."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from webapp.config import SetupError, secret_file
from webapp.embedded.programs import (
    MAJOR_VERSION,
    Account,
    account_for,
    command_line,
    environment,
)

SUPERUSER: Final = "postgres"
_DRAFT: Final = "postgres.new-"
_SOCKET_NAME: Final = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT: Final = 103  # bytes: macOS takes 103, Linux 107
# Not $TMPDIR: that may be too long as well, and the desk and a command may differ in it.
_SHORT_FOLDER: Final = Path("/tmp")  # noqa: S108 - a folder of our own is made in it, and checked


class Cluster:
    """One data folder of the desk, as far as PostgreSQL is concerned."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "postgres"
        self.password_file = data_dir / "postgres-password"
        self.superuser_file = data_dir / "postgres-superuser-password"
        self.log_file = data_dir / "postgres.log"

    @property
    def account(self) -> Account | None:
        """Whom PostgreSQL runs as; None: as the present user."""
        return account_for(self.path)

    @property
    def password(self) -> str:
        """The password of the application's user, made on first use."""
        return secret_file(self.password_file)

    @property
    def superuser_password(self) -> str:
        """The password of the superuser, which the application never gets; made on first use."""
        return secret_file(self.superuser_file)

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket: the cluster itself, or where that path is too long for
        a socket a short private one."""
        if len(os.fsencode(self.path / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT:
            return self.path
        uid = account.uid if (account := self.account) else os.geteuid()
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return _SHORT_FOLDER / f"unstuck-{uid}-{digest}"

    def prepare(self, *, durable: bool) -> None:
        """Make what is missing, undo what was interrupted; raises SetupError."""
        account = self.account
        for abandoned in self.data_dir.glob(f"{_DRAFT}*"):
            # Without a fuss: what a killed start left running may still write there.
            shutil.rmtree(abandoned, ignore_errors=True)
        if not self.path.exists():
            self._create(account, durable=durable)
        self._check_version()
        if account and self.path.stat().st_uid == 0:
            _give(self.path, account)
        if self.socket_dir != self.path:
            _make_private(self.socket_dir, account)

    def _create(self, account: Account | None, *, durable: bool) -> None:
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.data_dir))
        if account:
            os.chown(draft, account.uid, account.gid)
        self._initdb(draft, account, durable=durable)
        # The whole folder appears in one step: a kill before it leaves only the draft.
        draft.rename(self.path)
        handle = os.open(self.data_dir, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _initdb(self, draft: Path, account: Account | None, *, durable: bool) -> None:
        secret_file(self.superuser_file)  # made now if need be
        if account:
            os.chown(self.superuser_file, account.uid, account.gid)
        arguments = [
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            f"--pwfile={self.superuser_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # sorts the same on every machine
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ]
        done = subprocess.run(  # noqa: S603 - our own command line
            command_line(
                "initdb",
                *arguments,
                account=account,
                reach=self.data_dir,
                on_parents_death=signal.SIGKILL,
            ),
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C is the supervisor's to handle
            check=False,
        )
        if done.returncode != 0:
            raise SetupError(
                f"The database couldn't be created in {self.data_dir} "
                f"({last_complaint(done.stdout)}). Fix that, or set another folder with "
                "DATA_DIR=/path/to/folder."
            )

    def _check_version(self) -> None:
        found = (self.path / "PG_VERSION").read_text().strip()
        if found != str(MAJOR_VERSION):
            raise SetupError(
                f"The data in {self.path} was made by PostgreSQL {found}, but this is PostgreSQL "
                f"{MAJOR_VERSION}. Move it with pg_dump, or set another DATA_DIR."
            )


def last_complaint(output: str) -> str:
    """The line of a program's output that says what went wrong, without its prefix."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # What it answered while it started is no reason for anything.
    lines = [line for line in lines if "FATAL:  the database system is" not in line]
    for word in ("PANIC:", "FATAL:", "error:", "ERROR:"):
        for line in reversed(lines):
            if word in line:
                return line.split(word, 1)[1].strip()
    return lines[-1] if lines else "it said nothing"


def _give(folder: Path, account: Account) -> None:
    for root, _, files in os.walk(folder):
        os.chown(root, account.uid, account.gid)
        for name in files:
            os.chown(os.path.join(root, name), account.uid, account.gid, follow_symlinks=False)


def _make_private(folder: Path, account: Account | None) -> None:
    """A folder below /tmp, where anybody may have put something else in its place."""
    try:
        folder.mkdir(0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    status = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
        raise SetupError(
            f"The folder {folder} belongs to another user. Remove it, or set a DATA_DIR with a "
            "shorter path."
        )
