"""A server that is down, behind a proxy that goes on."""

import contextlib
import threading
from collections.abc import Iterator

from stage import Stage

REFUSAL = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def proxy_without_a_desk(stage: Stage) -> Iterator[threading.Event]:
    """In the place of a desk that was killed: whoever asks gets 502. Sets the event when somebody
    did."""
    listener = stage.desk.listener
    listener.settimeout(0.1)
    over, asked = threading.Event(), threading.Event()

    def refuse() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(2)
                    head = connection.recv(65_536)
                    connection.sendall(REFUSAL)
                    if b" /live/" in head.partition(b"\r\n")[0]:
                        asked.set()

    thread = threading.Thread(target=refuse)
    thread.start()
    try:
        yield asked
    finally:
        over.set()
        thread.join()
        listener.settimeout(None)
