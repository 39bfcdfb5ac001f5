"""Start the parts in order, heal what dies, stop all of it."""

import os
import shutil
import sys
import time
from contextlib import ExitStack, suppress
from typing import Final, NoReturn

from webapp import addresses
from webapp.config import Config, SetupError, make_data_dir
from webapp.embedded import Server
from webapp.embedded.lock import DataDirInUse
from webapp.serving import port
from webapp.serving.backups import Backups
from webapp.serving.database import check_server
from webapp.serving.preparation import Preparation
from webapp.serving.ready import Ready
from webapp.serving.watch import Stop, Watch
from webapp.serving.web import Web
from webapp.serving.worker import WorkerProcess

_LOOK_S: Final = 60.0  # a child that ends is noticed at once; this is for the size of the log
_LEAVING_S: Final = 2.0  # how long a command or a killed desk may still hold the data folder
_LEAST_TO_START_MB: Final = 20  # a segment of the log and some
# Together below the 5 seconds that Ctrl-C may take; gunicorn ends its workers after 3.
_WEB_STOP_S: Final = 3.5
_WORKER_STOP_S: Final = 0.3  # what it still sends is sent again after the next start
_DATABASE_STOP_S: Final = 1.0


def serve(*, ready_fd: int | None = None) -> None:
    """Run the desk that the environment describes until it is asked to stop; raises SetupError
    when it cannot start or a part cannot be kept alive. `ready_fd` is an open file that is told
    when it is ready (ready.py)."""
    config = Config.from_environ(os.environ)
    with Watch() as watch, ExitStack() as parts, suppress(Stop):
        _run(config, watch, parts, ready_fd)


def _run(config: Config, watch: Watch, parts: ExitStack, ready_fd: int | None) -> None:
    listener = port.listen(config, watch.pause)
    parts.callback(listener.close)
    make_data_dir(config.data_dir)
    if not config.database_url:
        _check_room(config)
    server = None if config.database_url else _claimed(config, watch, parts)
    web = Web(config, listener, watch.pause)
    parts.callback(web.stop, _WEB_STOP_S)
    # Loading the application takes the longest: both do so while the database starts.
    web.start()
    preparation = Preparation(watch.pause)
    parts.callback(preparation.stop)
    if server:
        server.start()
    else:
        check_server(str(config.database_url), watch.pause, _complain)
    path = preparation.finish()
    web.open()
    worker = WorkerProcess()
    parts.callback(worker.stop, _WORKER_STOP_S)
    if config.worker:
        worker.start()
    reached = addresses.Addresses.of(config, listener.getsockname()[1])
    parts.enter_context(addresses.kept(config.data_dir, reached))
    backups = Backups(config, _complain)
    parts.callback(backups.stop)
    _say_ready(reached, path, ready_fd)
    _keep_alive(config, watch, server, web, worker, backups)


def _keep_alive(
    config: Config,
    watch: Watch,
    server: Server | None,
    web: Web,
    worker: WorkerProcess,
    backups: Backups,
) -> NoReturn:
    """Start again what dies, until the watch raises Stop."""
    while True:
        watch.pause(min(_LOOK_S, worker.rest_s) if config.worker else _LOOK_S)
        if server:
            if not server.is_alive():
                server.restart()
            server.trim_log()
            backups.look()
        if not web.is_alive():
            web.restart()
        if watch.wants_reload():
            web.reload()
        if config.worker and not worker.is_alive():
            worker.restart()


def _check_room(config: Config) -> None:
    """PostgreSQL can't say why it doesn't start where it can't write its log either."""
    free = shutil.disk_usage(config.data_dir).free // 1_000_000
    if free < _LEAST_TO_START_MB:
        raise SetupError(
            f"The disk of the data folder {config.data_dir} is full ({free} MB are free). Free at "
            f"least {_LEAST_TO_START_MB} MB there and start again. The data is unchanged."
        )


def _claimed(config: Config, watch: Watch, parts: ExitStack) -> Server:
    """The server of the data folder, which is held from here on; it does not run yet."""
    server = Server(config.data_dir, holder="desk", pause=watch.pause, workers=config.workers)
    end = time.monotonic() + _LEAVING_S
    while True:
        try:
            server.claim()
            break
        except DataDirInUse as use:
            if use.by_desk and time.monotonic() > end:
                raise SetupError(
                    f"A server already runs on the data folder {config.data_dir}. Stop it first, "
                    "or start a second one with another DATA_DIR and PORT."
                ) from None
        watch.pause(0.05)
    parts.callback(server.stop, _DATABASE_STOP_S)
    return server


def _say_ready(reached: addresses.Addresses, path: str, ready_fd: int | None) -> None:
    """Say it to people, with how to open it from another machine, and to the program that started
    it. The QR code is only for a person at a terminal."""
    if ready_fd is not None:
        Ready(reached.main, path).write(ready_fd)
    _say(f"Unstuck is ready: {reached.main}{path}")
    if reached.network:
        _say(f"In the same network: {reached.network}{path}")
        _say("Passkeys and HTTPS need a host name. Set PUBLIC_URL to the address people open.")
    if not sys.stdout.isatty():
        return
    if reached.only_here:
        _say(addresses.FROM_A_PHONE)
    else:
        _say(addresses.qr_code(f"{reached.best}{path}"))


def _complain(line: str) -> None:
    """To the error output: the first line of the other one says that the server is ready."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
