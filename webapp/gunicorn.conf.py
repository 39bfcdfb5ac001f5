# ruff: noqa: N999 - the name that gunicorn users look for
"""gunicorn's settings. Run by its path in gunicorn's main process, which must not import the
application: psycopg has to be imported after gevent has patched a worker, or it blocks its loop.
"""

import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.workers.ggevent import GeventWorker

_listener = os.environ.get("DESK_LISTENER")  # the supervisor's socket; unset without a supervisor
_lifeline = os.environ.get("DESK_LIFELINE")  # a pipe that ends when the supervisor does

bind = (
    f"fd://{_listener}"
    if _listener
    else f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 5000}"
)
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_connections = 12_000  # each open page and each waiting agent is one
backlog = 2048
keepalive = 5
graceful_timeout = 3
# The heartbeat file belongs in memory: on a slow disk it would stall the worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
loglevel = "warning"
accesslog = None
# Behind a proxy of our own its X-Forwarded-Proto is believed; without one nobody's is.
forwarded_allow_ips = "*" if int(os.environ.get("TRUSTED_PROXIES") or 0) else ""


def post_worker_init(worker: "GeventWorker") -> None:
    """In each worker, once the application is loaded."""
    import psycopg.waiting

    if psycopg.waiting.wait.__name__ == "wait_c":
        raise RuntimeError("psycopg was imported before gevent's patching and would block")
    from webapp.live import pulse

    pulse.watch(worker)
    _allow_many_files()
    if _lifeline:
        _end_with_supervisor(int(_lifeline))


def _allow_many_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end_with_supervisor(lifeline: int) -> None:
    import gevent
    from gevent.os import nb_read

    def watch() -> None:
        nb_read(lifeline, 1)  # returns when the supervisor is gone: nobody writes to it
        os.killpg(os.getpgrp(), signal.SIGKILL)

    os.set_blocking(lifeline, False)
    gevent.spawn(watch)
