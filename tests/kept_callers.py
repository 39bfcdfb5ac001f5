"""Clients that keep their connections open, and never send a request again that failed."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import urllib3
from web_process import START_PATIENCE_S, until

Request = tuple[str, str, dict[str, Any]]
"""A method, an address, and what else urllib3 is told of it."""


class KeptCaller(threading.Thread):
    """Sends its requests one after the other, over and over, on one connection."""

    def __init__(self, requests: Sequence[Request], headers: Mapping[str, str] | None = None):
        super().__init__(daemon=True)
        self._requests, self._headers = requests, dict(headers or {})
        self.over = threading.Event()
        self.served = 0
        self.failed: list[str] = []

    def run(self) -> None:
        with urllib3.PoolManager(1, retries=False, timeout=START_PATIENCE_S) as pool:
            while not self.over.wait(0.005):
                for method, url, more in self._requests:
                    self._call(pool, method, url, more)

    def _call(self, pool: urllib3.PoolManager, method: str, url: str, more: dict[str, Any]) -> None:
        try:
            answer = pool.request(method, url, headers=self._headers, **more)
        except urllib3.exceptions.HTTPError as error:
            self.failed.append(f"{method}: {error!r}")
            return
        if answer.status == 200:
            self.served += 1
        else:
            self.failed.append(f"{method}: {answer.status} {answer.data[:200]!r}")


@contextmanager
def calling(callers: Sequence[KeptCaller]) -> Iterator[Sequence[KeptCaller]]:
    """Let them call, and be served before the block begins."""
    try:
        for caller in callers:
            caller.start()
        wait_served(callers)
        yield callers
    finally:
        for caller in callers:
            caller.over.set()
        for caller in callers:
            caller.join(START_PATIENCE_S)


def wait_served(callers: Sequence[KeptCaller], times: int = 20) -> None:
    """Wait until each caller has had that many more responses."""
    goals = [caller.served + times for caller in callers]
    until(
        lambda: all(each.served >= goal for each, goal in zip(callers, goals, strict=True)),
        "the callers are served",
        START_PATIENCE_S,
    )


def failures(callers: Sequence[KeptCaller]) -> list[str]:
    """What went wrong, of all of them."""
    return [failure for caller in callers for failure in caller.failed]
