"""Waiting for a blocking function without blocking an event loop.

Not `asyncio.to_thread`: its threads are joined when the program ends, so a cancelled wait for a
founder would keep a finished program alive.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from contextlib import suppress
from typing import Any, Callable, TypeVar

T = TypeVar("T")
_here = threading.local()


def awaited(value: Any) -> Any:
    """The value, or what it comes to in the event loop that this thread works for."""
    if not inspect.isawaitable(value):
        return value
    loop = getattr(_here, "loop", None)
    if loop is None:
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError(
            "An async function works with ask_async, result_async and `async with` only"
        )

    async def come() -> Any:
        return await value

    return asyncio.run_coroutine_threadsafe(come(), loop).result()


async def in_thread(function: Callable[[threading.Event], T]) -> T:
    """Run `function(stop)` in a thread of its own and return what it returns.

    When the awaiting task is cancelled, `stop` is set, and the thread ends on its own.
    """
    stop = threading.Event()
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(set_value: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            set_value(value)

    def work() -> None:
        _here.loop = loop
        try:
            outcome, value = future.set_result, function(stop)
        except BaseException as error:  # the awaiting task gets it
            outcome, value = future.set_exception, error  # type: ignore[assignment]
        with suppress(RuntimeError):  # the loop has ended: nobody waits for this
            loop.call_soon_threadsafe(settle, outcome, value)

    threading.Thread(target=work, name="unstuck", daemon=True).start()
    try:
        return await future
    finally:
        stop.set()
