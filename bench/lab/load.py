"""A load generator for HTTP/1.1 over loopback: one thread, many connections that stay open.

Closed loop (no `rate`): each connection sends its next request when it has its answer. It tells
how much a server can do, and nothing of latency. Open loop: requests are due at fixed times,
whatever the server does, and the latency of each counts from when it was due.
"""

import resource
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

Address = tuple[str, int]
PATIENCE_S = 10.0


@dataclass
class Load:
    """What came of it. Times in seconds; `cpu` is the share of one core that the generator used;
    `late` counts the answers that came when the time of a closed loop was over."""

    seconds: float
    answers: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    cpu: float = 0.0
    complaint: str = ""
    late: int = 0

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def per_second(self) -> float:
        return sum(n for status, n in self.answers.items() if status < 300) / self.seconds


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.due = 0.0
        self._received = b""

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self._received = b""
        if self.socket.send(request) != len(request):
            raise OSError("a request did not fit into the socket's buffer")

    def receive(self) -> tuple[int, bytes] | None:
        """Status and whole answer, once it is complete."""
        piece = self.socket.recv(65536)
        if not piece:
            raise OSError("the server closed a connection")
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return None
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at > 0 else 0
        if len(body) < length:
            return None
        return int(head[9:12]), self._received


def run(
    address: Address,
    requests: Iterator[bytes],
    *,
    connections: int,
    seconds: float,
    rate: float | None = None,
) -> Load:
    """Send requests for so many seconds, and wait for the answers to all of them."""
    pool = [Connection(address) for _ in range(connections)]
    try:
        return _drive(pool, requests, seconds, rate)
    finally:
        for connection in pool:
            connection.socket.close()


def _drive(
    pool: list[Connection],
    requests: Iterator[bytes],
    seconds: float,
    rate: float | None,
) -> Load:
    load, idle = Load(seconds), deque(pool)
    with select.epoll() as poll:
        by_fd = {connection.socket.fileno(): connection for connection in pool}
        for fd in by_fd:
            poll.register(fd, select.EPOLLIN)
        began, cpu, sent = time.perf_counter(), _cpu(), 0
        end = began + seconds
        while True:
            now = time.perf_counter()
            due = began + sent / rate if rate else now
            while idle and due <= now < end:
                request = next(requests, None)
                if request is None:  # all are sent: what was done until now is what counts
                    end, load.seconds = now, now - began
                    break
                idle.popleft().send(request, due)
                sent += 1
                due = began + sent / rate if rate else now
            if now >= end and (len(idle) == len(pool) or now > end + PATIENCE_S):
                break
            wait = due - now if rate and idle and now < end else 0.05
            for fd, _ in poll.poll(max(0.0, min(wait, 0.05))):
                connection = by_fd[fd]
                try:
                    answer = connection.receive()
                except OSError as error:
                    raise RuntimeError(f"the server broke a connection: {error}") from error
                if answer is None:
                    continue
                idle.append(connection)
                now = time.perf_counter()
                if now > end and not rate:
                    load.late += 1
                else:
                    load.latencies.append(now - connection.due)
                    load.answers[answer[0]] += 1
                    if answer[0] >= 300 and not load.complaint:
                        load.complaint = answer[1].decode(errors="replace")
        load.cpu = (_cpu() - cpu) / seconds
    lost = len(pool) - len(idle)
    if lost:
        load.answers[599] += lost
    return load


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
