"""An event loop for one test, in a thread of its own: in the main thread Playwright's may run, once
a test of this process has used a browser."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(talk: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what the coroutine that `talk` makes returns."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(talk())).result()
