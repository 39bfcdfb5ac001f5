"""Many open event streams read by one process, and the clock of each delivery.

When an event reached a reader is told by the kernel: it stamps what arrives at a socket
(SO_TIMESTAMPNS), on the same clock as the publisher's. So it does not matter when this process
gets around to reading: it sleeps while an event is fanned out, takes no processor time from the
server, and reads afterwards.
"""

import contextlib
import re
import resource
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.lab.load import Address, Connection

SO_TIMESTAMPNS = 35  # Linux; the socket module does not name it
_AT_ONCE = 100  # streams that are being opened at a time
_OPEN_S = 240.0
_DUE = re.compile(rb"due:(\d+);")
_READING = 0.4  # the last part of the time between two events, in which they are read


@dataclass
class Fanout:
    """Deliveries of some events. Times in nanoseconds of the system's clock. `missing` are those
    that did not come, `twice` those that came again.

    `arrived` maps the time at which an event was due to those at which it reached the readers;
    `late` are the seconds by which the generator itself published too late.
    """

    arrived: dict[int, list[int]] = field(default_factory=dict)
    missing: int = 0
    twice: int = 0
    late: list[float] = field(default_factory=list)

    def latencies(self, since: dict[int, int] | None = None) -> list[float]:
        """Seconds from when the event was due, or from the time that `since` has for it."""
        return [
            (stamp - (since[due] if since else due)) / 1e9
            for due, stamps in self.arrived.items()
            for stamp in stamps
        ]


def allow_files(wanted: int) -> int:
    """Raise this process's limit of open files; returns what it may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        with contextlib.suppress(ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            hard = wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Streams:
    """`count` streams of one request, open inside the `with` block."""

    def __init__(self, address: Address, request: bytes, count: int) -> None:
        self._address = address
        self._request = request
        self._count = count
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}

    def __enter__(self) -> "Streams":
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets.values():
            one.close()
        self._poll.close()

    def publish(
        self, message: Callable[[int], bytes], to: Address, *, rate: float, events: int
    ) -> Fanout:
        """Publish so many events at a fixed rate, each the request `message(due)` with the time in
        nanoseconds at which it is due, and collect their deliveries."""
        found, gap, publishers = Fanout(), 1 / rate, []
        first = time.time_ns() + 100_000_000
        for number in range(events):
            due = first + int(number * gap * 1e9)
            publishers.append(Connection(to))  # beforehand: the call is due on an open connection
            found.arrived[due] = []
            sleep_until(due)
            found.late.append((time.time_ns() - due) / 1e9)
            publishers[-1].send(message(due), 0.0)  # its answer is nobody's concern now
            sleep_until(due + int(gap * (1 - _READING) * 1e9))
            self._read(found, due + int(gap * 1e9) - 5_000_000)
        for publisher in publishers:
            check(publisher)
            publisher.socket.close()
        end = time.monotonic() + 5
        self._settle(found)
        while found.missing and time.monotonic() < end:
            self._read(found, time.time_ns() + 100_000_000)
            self._settle(found)
        return found

    def _open(self) -> None:
        opening: set[int] = set()
        end, wanted = time.monotonic() + _OPEN_S, self._count
        while len(self._sockets) < wanted or opening:
            while len(opening) < _AT_ONCE and len(self._sockets) < wanted:
                opening.add(self._connect())
            if time.monotonic() > end:
                raise RuntimeError(f"only {len(self._sockets)} of {wanted} streams opened")
            for fd, _ in self._poll.poll(1):
                data, _stamp = received(self._sockets[fd])
                if fd in opening and b"\r\n\r\n" in data:
                    if b" 200 " not in data[:20]:
                        raise RuntimeError(f"a stream was refused: {data[:300]!r}")
                    opening.discard(fd)

    def _connect(self) -> int:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        one.connect(self._address)
        one.send(self._request)
        one.setblocking(False)
        self._sockets[one.fileno()] = one
        self._poll.register(one.fileno(), select.EPOLLIN)
        return one.fileno()

    def _settle(self, found: Fanout) -> None:
        counts = [len(stamps) for stamps in found.arrived.values()]
        found.missing = sum(max(0, self._count - count) for count in counts)
        found.twice = sum(max(0, count - self._count) for count in counts)

    def _read(self, found: Fanout, until: int) -> None:
        """Read until then, and at least what is there now."""
        left = 0.0
        while left >= 0:
            for fd, _ in self._poll.poll(left, len(self._sockets)):
                data, stamp = received(self._sockets[fd])
                for due in map(int, _DUE.findall(data)):
                    if due in found.arrived:
                        found.arrived[due].append(stamp)
            left = (until - time.time_ns()) / 1e9


def received(one: socket.socket) -> tuple[bytes, int]:
    """What a socket holds, and when the kernel got it."""
    data, extra, _, _ = one.recvmsg(65536, 64)
    if not data:
        raise RuntimeError("a stream ended")
    if not extra:
        return data, time.time_ns()
    seconds, nanoseconds = struct.unpack("qq", extra[0][2])
    return data, seconds * 10**9 + nanoseconds


def sleep_until(due: int) -> None:
    """Wait for a time, in nanoseconds of the system's clock."""
    left = (due - time.time_ns()) / 1e9
    if left > 0:
        time.sleep(left)


def check(publisher: Connection) -> None:
    """Wait for the answer to what was sent; raises RuntimeError when it is a refusal."""
    publisher.socket.settimeout(10)
    while (answer := publisher.receive()) is None:
        pass
    publisher.socket.setblocking(False)
    if answer[0] >= 300:
        raise RuntimeError(f"an event was not published: {answer[1][:500]!r}")
