"""Two built-in clusters, one a standby of the other, that can be promoted: as a managed PostgreSQL
or Patroni does it."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from webapp.embedded import Server
from webapp.embedded.cluster import SUPERUSER, Cluster
from webapp.embedded.databases import DATABASE
from webapp.embedded.programs import command_line, environment


class Pair:
    """`first` takes writes and waits with each commit until `second` has it. Started from the main
    thread, with whose end both end."""

    def __init__(self, folder: Path) -> None:
        self._clusters = [Cluster(folder / name) for name in ("1", "2")]
        self.first, self.second = (Server(cluster.data_dir) for cluster in self._clusters)

    def start(self) -> None:
        self.first.start()
        self._copy()
        self.second.start()
        with self._superuser(0) as connection:
            # Not before: without a standby, no commit would return.
            connection.execute("alter system set synchronous_standby_names = '*'")
            connection.execute("select pg_reload_conf()")

    @property
    def url(self) -> str:
        """Both hosts; the one that takes writes is used."""
        password = quote(self._clusters[0].password)
        hosts = ",".join(quote(str(each.socket_dir), "") for each in self._clusters)
        return (
            f"postgresql://unstuck:{password}@/{DATABASE}?host={hosts}"
            "&target_session_attrs=read-write"
        )

    def kill_first(self) -> None:
        """Without a last word, as when its machine burns down."""
        process = self.first._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def promote_second(self) -> None:
        """It takes writes once this returns."""
        with self._superuser(1) as connection:
            connection.execute("alter system set synchronous_standby_names = ''")
            connection.execute("select pg_reload_conf()")
            connection.execute("select pg_promote(true, 60)")

    def stop(self) -> None:
        self.second.stop(5)
        self.first.stop(5)

    def _copy(self) -> None:
        one, two = self._clusters
        two.data_dir.mkdir(mode=0o711)
        for name in ("postgres-password", "postgres-superuser-password"):
            shutil.copy(one.data_dir / name, two.data_dir / name)
        two.path.mkdir(mode=0o700)
        if account := one.account:
            os.chown(two.path, account.uid, account.gid)
        arguments = [f"--pgdata={two.path}", f"--host={one.socket_dir}", f"--username={SUPERUSER}"]
        arguments += ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--no-password"]
        subprocess.run(
            command_line(
                "pg_basebackup",
                *arguments,
                account=account,
                reach=two.data_dir,
                on_parents_death=signal.SIGKILL,
            ),
            env=environment(PGPASSWORD=one.superuser_password),
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )
        (two.path / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # of the other one's socket

    def _superuser(self, number: int) -> psycopg.Connection:
        cluster = self._clusters[number]
        return psycopg.connect(
            user=SUPERUSER,
            password=cluster.superuser_password,
            host=str(cluster.socket_dir),
            dbname="postgres",
            autocommit=True,
        )
