"""Faults of a real database: stopped, killed, unreachable behind a wire that goes nowhere."""

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url


def server_processes(postmaster: int) -> list[int]:
    """The postmaster and all of its children."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


@contextlib.contextmanager
def stopped(postmaster: int) -> Iterator[None]:
    """The whole server stands still: connections stay open, and nothing answers."""
    frozen = server_processes(postmaster)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Wire:
    """A TCP port in front of a PostgreSQL that listens on a Unix socket. While `swallowing`, bytes
    go nowhere in both directions, as with a host that vanished behind a firewall: no connection is
    closed, and none is refused."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._target = f"{self._url.query['host']}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.swallowing = threading.Event()
        self.accepts_none = threading.Event()
        """Those that are open go on; further ones wait to be accepted."""
        self._over = threading.Event()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the database behind the wire."""
        through = self._url.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    def close(self) -> None:
        """Cut everything."""
        self._over.set()
        self._thread.join()
        for end in [self._listener, *self._pairs]:
            end.close()

    def _run(self) -> None:
        while not self._over.is_set():
            if self.swallowing.is_set():
                self._over.wait(0.02)  # connections wait in the kernel, and bytes in its buffers
                continue
            watched = [*self._pairs]
            if not self.accepts_none.is_set():
                watched.append(self._listener)
            ready, _, _ = select.select(watched, [], [], 0.02)
            for end in ready:
                if end is self._listener:
                    self._join()
                elif end in self._pairs:
                    self._pass_on(end)

    def _join(self) -> None:
        near, _ = self._listener.accept()
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._target)
        except OSError:
            near.close()
            far.close()
            return
        self._pairs |= {near: far, far: near}

    def _pass_on(self, end: socket.socket) -> None:
        other = self._pairs[end]
        try:
            data = end.recv(65_536)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for each in (end, other):
            del self._pairs[each]
            each.close()
