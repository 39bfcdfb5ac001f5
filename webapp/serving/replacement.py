"""How gunicorn's main process replaces its workers after SIGHUP: the new ones load while the old
ones go on serving. gunicorn itself ends the old ones at once, and nobody accepts a connection until
the new ones have loaded.

Run by its path, like webapp/gunicorn.conf.py, because the package would import psycopg.
"""

import os
import signal
from typing import Any


def take_over(arbiter: Any) -> None:
    """Let the main process replace its workers in this way."""
    arbiter.replacement = Replacement(arbiter)
    arbiter.manage_workers = arbiter.replacement.manage_workers


def say_ready(worker: Any) -> None:
    """In a worker: it is about to accept connections."""
    os.write(worker.tmp.fileno(), b"+")  # the file of its heartbeat, which is empty until then


class Replacement:
    """Takes the place of gunicorn's `manage_workers`, which it calls several times a second."""

    def __init__(self, arbiter: Any) -> None:
        self._arbiter = arbiter
        self._usual = arbiter.manage_workers
        self._last_old = 0  # workers are numbered in the order in which they were started
        self._told: set[int] = set()

    def begin(self) -> None:
        """From here on, the workers that run now are old."""
        self._last_old = self._arbiter.worker_age

    def manage_workers(self) -> None:
        """Start what is missing. End the old workers once all new ones are ready."""
        arbiter = self._arbiter
        old = {pid for pid, each in arbiter.WORKERS.items() if each.age <= self._last_old}
        if not old:
            self._usual()
            return
        new = [each for pid, each in arbiter.WORKERS.items() if pid not in old]
        for _ in range(arbiter.num_workers - len(new)):
            arbiter.spawn_worker()
        if len(new) < arbiter.num_workers or not all(map(_is_ready, new)):
            return
        self._told &= old
        for pid in old - self._told:
            arbiter.kill_worker(pid, signal.SIGTERM)
        self._told |= old


def _is_ready(worker: Any) -> bool:
    return os.fstat(worker.tmp.fileno()).st_size > 0
