"""The listening socket. The supervisor holds it, so that a web server that is started anew finds
the port still there, and a connection that comes meanwhile waits instead of failing."""

import errno
import socket
import time
from collections.abc import Callable
from typing import Final

from webapp.config import Config, SetupError

_BACKLOG: Final = 2048
_LEAVING_S: Final = 1.5  # a desk that was just stopped or killed lets go of its port within this


def listen(config: Config, pause: Callable[[float], None]) -> socket.socket:
    """A socket that listens at HOST and PORT; raises SetupError when that cannot be."""
    end = time.monotonic() + _LEAVING_S
    while True:
        try:
            return _bound(config)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                raise SetupError(_sentence(config, error)) from None
        pause(0.05)


def _bound(config: Config) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _sentence(config: Config, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = config.port + 1 if config.port < 65535 else 5001
        return (
            f"Port {config.port} is in use: stop the program that uses it, or choose another, "
            f"such as `PORT={free} make run`."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"Port {config.port} needs more rights than this user has: choose one above 1023, "
            "such as `PORT=5000 make run`."
        )
    return (
        f"HOST is {config.host!r}, which is no address of this machine ({error.strerror}): "
        "set it to 127.0.0.1, or to 0.0.0.0 to be reached from other machines."
    )
