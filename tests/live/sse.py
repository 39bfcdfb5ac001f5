"""A reader of event streams as an agent or a browser is one: over a real connection, one event at
a time."""

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

EVENT_STREAM = {"Accept": "text/event-stream"}


class Over(Exception):
    """The server ended the stream, or the connection broke."""


@dataclass(frozen=True)
class Message:
    """One event as it came. `id` is empty where none was sent."""

    id: str
    event: str
    data: str

    @property
    def seq(self) -> int:
        return int(self.id)

    def json(self) -> dict[str, Any]:
        return json.loads(self.data)


class EventStream:
    """`with EventStream(port, path, headers) as stream:`; `stream.next()` waits for an event."""

    def __init__(
        self, port: int, path: str, headers: Mapping[str, str], *, timeout_s: float = 20
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        try:
            self._connection.request("GET", path, headers=dict(headers) | EVENT_STREAM)
            self._answer = self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Over from error
        self.status = self._answer.status
        self.headers = self._answer.headers
        self.comments: list[str] = []
        self.retry = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self) -> Message:
        """The next event. Raises Over at the end of the stream, and fails when none comes."""
        fields: dict[str, list[str]] = {}
        while True:
            line = self._line()
            name, _, value = line.partition(":")
            if line.startswith(":"):
                self.comments.append(value.strip())
            elif name == "retry":
                self.retry = value.strip()
            elif line:
                fields.setdefault(name, []).append(value.removeprefix(" "))
            elif "data" in fields:
                data = "\n".join(fields["data"])
                return Message("".join(fields.get("id", [])), fields["event"][0], data)

    def opened(self) -> Self:
        """Returns once the first bytes have come, so that the reader is known to the hub."""
        while not self.retry:
            name, _, value = self._line().partition(":")
            if name == "retry":
                self.retry = value.strip()
        return self

    def comment(self) -> str:
        """The next comment line."""
        while not (line := self._line()).startswith(":"):
            pass
        return line

    def rest(self) -> list[Message]:
        """What still comes until the server ends the stream."""
        messages = []
        while True:
            try:
                messages.append(self.next())
            except Over:
                return messages

    def close(self) -> None:
        """Go away without a word, as a reader does that is killed."""
        self._answer.close()
        self._connection.close()

    def _line(self) -> str:
        try:
            line = self._answer.readline()
        except TimeoutError as error:
            raise AssertionError("nothing came for too long") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Over from error
        if not line.endswith(b"\n"):
            raise Over
        return line.decode("utf-8").removesuffix("\n")


def idle_reader(port: int, path: str, headers: Mapping[str, str]) -> socket.socket:
    """A connection that asks for a stream and then reads nothing, with little room of its own."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    reader.sendall("\r\n".join([*lines, "", ""]).encode())
    return reader
