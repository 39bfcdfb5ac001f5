# ruff: noqa: N999 - the name that gunicorn users look for
"""gunicorn's settings. Run by its path in gunicorn's main process, which must not import the
application: psycopg has to be imported after gevent has patched a worker, or it blocks its loop.
"""

import gc
import os
import resource
import runpy
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from select import POLLIN
from types import FrameType
from typing import Any

import gevent
from gevent import monkey, select
from gevent.os import nb_read
from gevent.server import StreamServer
from gunicorn.glogging import Logger
from gunicorn.workers.ggevent import GeventWorker

_listener = os.environ.get("DESK_LISTENER")  # the supervisor's socket; unset without a supervisor
_gate = os.environ.get("DESK_GATE")  # a pipe that ends when the database is ready
_lifeline = os.environ.get("DESK_LIFELINE")  # a pipe that ends when the supervisor does

_LAST_WAIT_S = 1.0
"""For how long a worker that ends waits for requests on kept connections: less than
graceful_timeout."""
_replacement = runpy.run_path(str(Path(__file__).with_name("serving") / "replacement.py"))


class ListenerName:
    """The address of a socket, known also once the socket is closed: a connection that is accepted
    last is served after that."""

    def __init__(self, listener: Any) -> None:
        self._name = listener.getsockname()

    def getsockname(self) -> Any:
        """As of a socket."""
        return self._name


class DeskServer(StreamServer):  # type: ignore[misc]  # gevent's types don't know its base
    """Accepts what has come before it is closed: it would be cut unanswered otherwise."""

    def __init__(self, worker: "DeskWorker", listener: Any, *, spawn: Any, **_: Any) -> None:
        name = ListenerName(listener)
        super().__init__(listener, handle=partial(worker.handle, name), spawn=spawn)
        if worker.cfg.workers > 1:
            self.max_accept = 1  # the others get their share

    def close(self) -> None:
        """Accept what waits in the socket's queue, then close it."""
        with suppress(OSError):
            while not self.closed and not self.full() and (accepted := self.do_read()):
                self.do_handle(*accepted)
        super().close()


class DeskWorker(GeventWorker):  # type: ignore[misc]  # gunicorn ships no types
    """When it is told to end, it waits a moment for the next request on each kept connection and
    announces the end in the response, so that no client sends one into a closed connection. Then it
    lets go: a browser keeps connections, and each stop would take as long as `keepalive`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._leaves = False
        self._waiting: dict[gevent.Greenlet, gevent.Timeout] = {}
        self._clients: dict[gevent.Greenlet, Any] = {}

    @property
    def server_class(self) -> Any:
        """What gunicorn makes for each socket."""
        return partial(DeskServer, self)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection until it ends."""
        connection = gevent.getcurrent()
        self._clients[connection] = client
        try:
            super().handle(listener, client, addr)
        finally:
            del self._clients[connection]

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Around the wait for a request, the first on a connection or a later one."""
        connection = gevent.getcurrent()
        # Told to end while it answered: what is still waiting at `graceful_timeout` gets a raw 500.
        seconds = self.cfg.keepalive if self.alive else _LAST_WAIT_S
        with gevent.Timeout(seconds, False) as limit:
            self._waiting[connection] = limit
            try:
                yield
            finally:
                del self._waiting[connection]

    def load_wsgi(self) -> None:
        """Once, before the first request. While the database starts, the first worker has the
        processors for itself; with it the desk serves, and the others follow."""
        if _gate and self.age > 1:
            _database_is_ready(int(_gate), self)
        super().load_wsgi()
        from webapp.serving.malformed_request_log import MalformedRequestLog
        from webapp.serving.request_timeout import TimedBody  # not in the main process

        self._timed = TimedBody
        self.log.error_log.addFilter(MalformedRequestLog())
        self._application, self.wsgi = self.wsgi, self._answer

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Call the application; where the answer stays open, on a stack that goes with the call.
        The depth to which a stack was ever used stays in memory: 8 kB for each open stream."""
        environ["wsgi.input"] = self._timed(environ["wsgi.input"])
        if _stays_open(environ):
            return gevent.spawn(self._application, environ, start_response).get()
        return self._application(environ, start_response)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: finish what was asked, and what is asked within a moment."""
        super().handle_exit(sig, frame)
        if not self._leaves:
            self._leaves = True
            gevent.spawn_later(_LAST_WAIT_S, self._let_go)

    def _let_go(self) -> None:
        for connection, limit in list(self._waiting.items()):
            # Where a request has come already it is read, answered, and the last one.
            if not _has_come(self._clients.get(connection)):
                connection.kill(limit, block=False)  # as if its time were up


class JsonLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own lines, those of the main process among them, as JSON."""

    def setup(self, cfg: Any) -> None:
        """Set the handlers up."""
        super().setup(cfg)
        formatter = runpy.run_path(str(Path(__file__).with_name("json_logs.py")))["JsonFormatter"]
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())


bind = (
    f"fd://{_listener}"
    if _listener
    else f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 5000}"
)
worker_class = DeskWorker
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_connections = 12_000  # each open page and each waiting agent is one (live/room.py)
backlog = 2048
keepalive = 5
graceful_timeout = 3
# The heartbeat file belongs in memory: on a slow disk it would stall the worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
loglevel = "warning"
logger_class = JsonLogger if os.environ.get("LOG_FORMAT", "").strip().lower() == "json" else Logger
# Where the workers keep what they count, so that /metrics can add it up (webapp/metrics.py).
_counts = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="unstuck-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts
# Of psycopg's ways to wait that gevent's patches make cooperative, the one that costs least.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_poll")
# What a header section may hold. A page that follows many others names them all in its address.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
accesslog = None
forwarded_allow_ips = ""  # the application decides: it counts the proxies (TRUSTED_PROXIES)


def _has_come(client: Any) -> bool:
    """Whether there is something to read. Asked of the system, not of gevent: nothing else may
    happen between this look and what follows from it."""
    if client is None or client.fileno() < 0:
        return False
    poll = monkey.get_original("select", "poll")()
    poll.register(client.fileno(), POLLIN)
    return bool(poll.poll(0))


def _stays_open(environ: dict[str, Any]) -> bool:
    wants_events = "text/event-stream" in environ.get("HTTP_ACCEPT", "")
    return wants_events or environ["PATH_INFO"].endswith("/decision")


def post_worker_init(worker: DeskWorker) -> None:
    """In each worker, once the application is loaded."""
    import psycopg.waiting

    if psycopg.waiting.wait.__name__ == "wait_c":  # type: ignore[attr-defined]
        raise RuntimeError("psycopg was imported before gevent's patching and would block")
    if _gate and not _database_is_ready(int(_gate), worker):
        return  # told to end before there was anything to do
    from webapp.live import heartbeat, service

    heartbeat.watch(worker)
    # At once, not with the first stream: answers that were held when a worker died are due.
    with worker.app.wsgi().app_context():
        service.live()
    _allow_many_files()
    _collect_seldom()
    if _lifeline:
        _end_with_supervisor(int(_lifeline))
    _replacement["say_ready"](worker)


def on_starting(arbiter: Any) -> None:
    """In the main process, before the first worker."""
    _replacement["take_over"](arbiter)


def on_reload(arbiter: Any) -> None:
    """In the main process, at SIGHUP."""
    arbiter.replacement.begin()


def child_exit(_arbiter: object, worker: DeskWorker) -> None:
    """In the main process: what a worker had open is open no more; what it counted stays."""
    # By its path: the package would import psycopg.
    counts = runpy.run_path(str(Path(__file__).with_name("serving") / "counts.py"))
    counts["gather"](Path(_counts), worker.pid)


def on_exit(_arbiter: object) -> None:
    """In the main process, at its end."""
    shutil.rmtree(_counts, ignore_errors=True)


def _database_is_ready(gate: int, worker: DeskWorker) -> bool:
    while worker.alive:
        if select.select([gate], [], [], 1.0)[0]:
            return True
        worker.notify()  # the main process kills who gives no sign of life for 30 seconds
    return False


def _allow_many_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _collect_seldom() -> None:
    """Requests leave little behind that only the collector could free, and what is loaded by now
    stays: it need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _end_with_supervisor(lifeline: int) -> None:
    def watch() -> None:
        nb_read(lifeline, 1)  # returns when the supervisor is gone: nobody writes to it
        os.killpg(os.getpgrp(), signal.SIGKILL)

    os.set_blocking(lifeline, False)
    gevent.spawn(watch)
