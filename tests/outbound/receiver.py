"""A program of somebody's own that gets webhooks: a real HTTP server that answers as it is told."""

import json
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Got:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[[BaseHTTPRequestHandler], None]


def says(status: int, text: str = "", **headers: str) -> Behaviour:
    """Answers with this."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


def cuts(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and breaks the connection."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Sends a header byte by byte and never comes to an end."""
    try:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not handler.server.ended.wait(0.05):  # type: ignore[attr-defined]
            handler.connection.sendall(b"a")
    except OSError:
        pass


class Receiver:
    """`with Receiver() as receiver:` listens on `receiver.url`. `next()` is the next request;
    `behaves(…)` says how the following ones are answered, the last way for good."""

    def __init__(self) -> None:
        self._got: queue.Queue[Got] = queue.Queue()
        self.all: list[Got] = []
        self._behaviours: list[Behaviour] = [says(200)]
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got = Got({name.lower(): value for name, value in self.headers.items()}, body)
                receiver.all.append(got)
                behave = receiver._take()
                receiver._got.put(got)
                behave(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.ended = threading.Event()  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?of=shop"

    def behaves(self, *behaviours: Behaviour) -> None:
        """How the following requests are answered; the last one stays."""
        with self._lock:
            self._behaviours = list(behaviours)

    def _take(self) -> Behaviour:
        with self._lock:
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]

    def next(self, patience: float = 30) -> Got:
        """The next request that came in."""
        return self._got.get(timeout=patience)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.ended.set()  # type: ignore[attr-defined]
        self._server.shutdown()
        self._server.server_close()
