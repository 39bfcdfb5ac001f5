"""What the clients of the killed server know: what they sent, and what was acknowledged."""

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Journal:
    """Written by many threads, each under keys of its own; read when they rest."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Questions by id, as they were sent, acknowledged or not."""

    asked: set[str] = field(default_factory=set)
    """Questions that the server acknowledged."""

    decided: dict[str, str] = field(default_factory=dict)
    """The decision of each question that a founder sent at least once."""

    answered: set[str] = field(default_factory=set)
    """Questions whose answer the server acknowledged."""

    received: dict[str, str] = field(default_factory=dict)
    """The decision that the agent was told."""

    receipts: set[str] = field(default_factory=set)
    """Questions whose receipt the server acknowledged."""

    events: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Of each job: number and type of the events that its agent read."""

    secrets: dict[str, str] = field(default_factory=dict)
    """The secret that the founder hands over for each question that asks for one."""

    acked: set[str] = field(default_factory=set)
    """Questions whose secret the agent has, as the server acknowledged."""

    arrived: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The ids of the messages that arrived, by channel and question."""

    listens: bool = True
    """Whether somebody is told of questions and answers."""

    faults: list[str] = field(default_factory=list)
    """What a client saw and must not see."""

    requests: int = 0
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, channel: str, key: str, message: str) -> None:
        """A webhook or callback about this question arrived."""
        with self.lock:
            self.arrived.setdefault((channel, key), set()).add(message)

    def untold(self) -> list[tuple[str, str]]:
        """What should have arrived and has not: each question at the webhook, each answer at the
        callback."""
        if not self.listens:
            return []
        due = {("webhook", key) for key in self.asked} | {
            ("callback", key) for key in self.received
        }
        with self.lock:
            return sorted(due - self.arrived.keys())

    def forget_untold(self) -> None:
        """Wait no longer for what should have arrived: it was sabotaged."""
        for channel, key in self.untold():
            self.told(channel, key, "forgotten")

    def fault(self, what: str) -> None:
        with self.lock:
            self.faults.append(what)

    def count(self, *, repeated: bool) -> None:
        with self.lock:
            self.requests += 1
            self.repeated += repeated
