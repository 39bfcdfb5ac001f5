"""A process full of readers of one job's stream, for tests that stop it in the middle.

`python many_readers.py PORT PATH TOKEN COUNT SEED`. Each reader is cut now and then by its own side
and comes back with the last number it has. Every number has to come once and in order; the process
ends with 0 when each reader has seen the event titled "end", and with a sentence when one has not
seen what it should.
"""

import random
import re
import selectors
import socket
import sys
from dataclasses import dataclass, field

_EVENT = re.compile(rb"(?<![^\n])id: (\d+)\nevent: [^\n]+\ndata: ([^\n]+)\n\n")
_PATIENCE_S = 60.0


@dataclass
class Reader:
    """One stream, over as many connections as it takes."""

    opening: bytes
    port: int
    chance: random.Random
    last: int = 0
    ended: bool = False
    cuts: int = 0
    left: int = 0
    held: bytes = b""
    line: socket.socket = field(init=False)

    def connect(self) -> None:
        self.held, self.left = b"", self.chance.randint(5, 200)
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_S)
        self.line.sendall(self.opening + f"Last-Event-ID: {self.last}\r\n\r\n".encode())

    def read(self) -> bool:
        """Take what came; False when the connection is to be opened again."""
        try:
            piece = self.line.recv(self.chance.choice((64, 4096, 65536)))
        except OSError:
            piece = b""
        # HTTP/1.0, so the body comes without chunks.
        self.held += piece
        end = 0
        for found in _EVENT.finditer(self.held):
            end = found.end()
            self.take(int(found[1]), found[2])
            if self.ended or self.left == 0:
                return False
        self.held = self.held[end:]
        return bool(piece)

    def take(self, seq: int, data: bytes) -> None:
        if seq != self.last + 1:
            sys.exit(f"after {self.last} came {seq}")
        self.last, self.left = seq, self.left - 1
        self.ended = b'"title": "end"' in data


def main(port: int, path: str, token: str, count: int, seed: int) -> None:
    """Read until the end."""
    opening = f"GET {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    opening += "Accept: text/event-stream\r\n"
    readers = [Reader(opening.encode(), port, random.Random(seed + n)) for n in range(count)]
    with selectors.DefaultSelector() as selector:
        for reader in readers:
            reader.connect()
            selector.register(reader.line, selectors.EVENT_READ, reader)
        while any(not reader.ended for reader in readers):
            ready = selector.select(_PATIENCE_S)
            if not ready:
                sys.exit("nothing came for too long")
            for key, _ in ready:
                follow(selector, key.data)
    print(f"{sum(reader.cuts for reader in readers)} cuts, up to {readers[0].last}")


def follow(selector: selectors.BaseSelector, reader: Reader) -> None:
    if reader.read():
        return
    selector.unregister(reader.line)
    reader.line.close()
    if not reader.ended:
        reader.cuts += 1
        reader.connect()
        selector.register(reader.line, selectors.EVENT_READ, reader)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
