"""The server's own socket under an open answer, for writing without waking its request.

Only gunicorn's gevent worker lends it in a form that can be written to without blocking; under any
other server there is no socket writer, and a stream's request writes for itself.
"""

import _socket
import contextlib
import os
import socket
import ssl
from typing import Any, Final, Self

from webapp.live.frames import Frame

_SEND_BUFFER: Final = 262_144  # bytes the kernel keeps for a reader that does not read
_UNHEARD_MS: Final = 30_000  # without a sign of life for this long the connection is dead


class SocketWriter:
    """Writes frames into an answer whose head has been sent. Raises OSError when it is gone."""

    __slots__ = ("_chunked", "_fd", "_socket")

    def __init__(self, lent: socket.socket, *, chunked: bool) -> None:
        self._socket = lent
        self._fd = lent.fileno()
        self._chunked = chunked
        with contextlib.suppress(OSError):  # a Unix socket behind a proxy has no such options
            lent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                lent.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD_MS)

    @classmethod
    def of(cls, environ: dict[str, Any]) -> Self | None:
        """The socket writer of this request, or None if the server does not lend its socket."""
        lent = environ.get("gunicorn.socket")
        version = environ.get("SERVER_PROTOCOL")
        if lent is None or version not in ("HTTP/1.0", "HTTP/1.1"):
            return None
        if isinstance(lent, ssl.SSLSocket) or os.get_blocking(lent.fileno()):
            return None
        return cls(lent, chunked=version == "HTTP/1.1")

    def write(self, frame: Frame) -> bytes:
        """Write what the socket takes now; returns the rest."""
        data = frame.chunk if self._chunked else frame.body
        try:
            return data[os.write(self._fd, data) :]
        except BlockingIOError:
            return data

    def write_all(self, rest: bytes) -> None:
        """Write the rest of a frame, and wait for the reader as long as it takes."""
        self._socket.sendall(rest)

    def cut(self) -> None:
        """End the connection at once, also for whoever is waiting to write to it."""
        # By another name of the same connection: under its own, gevent would raise an error of its
        # own in the one who waits, where the kernel says that the reader is gone.
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._fd)) as same:
            same.shutdown(socket.SHUT_RDWR)


def client_is_gone(environ: dict[str, Any]) -> bool:
    """Whether the client of this request has closed its connection, as far as the server lends its
    socket. Looks at what has arrived without taking it."""
    lent = environ.get("gunicorn.socket")
    if lent is None:
        return False
    try:
        same = _socket.socket(fileno=os.dup(lent.fileno()))  # gevent's own would wait for more
    except OSError:
        return True
    try:
        return same.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        same.close()
