"""Signals as something to wait for, never as an interruption in the middle of a step."""

import contextlib
import select
import signal
import socket
from types import FrameType
from typing import Final, Self

_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(Exception):
    """Somebody asked the desk to stop."""


class Watch:
    """Inside its `with` block Ctrl-C, SIGTERM and SIGHUP only ask: the next `pause` raises Stop.
    A child that ends and SIGUSR1 cut a pause short. After the first request all further ones are
    ignored.
    """

    def __init__(self) -> None:
        self._asked = False
        self._reload = False
        self._waker, self._woken = socket.socketpair()
        for end in (self._waker, self._woken):
            end.setblocking(False)

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in _STOP_SIGNALS:
            signal.signal(number, self._ask)
        signal.signal(signal.SIGUSR1, self._ask_reload)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler it would wake nobody
        return self

    def __exit__(self, *_: object) -> None:
        # The stop signals stay harmless until the process is gone.
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._waker.close()
        self._woken.close()

    def pause(self, seconds: float) -> None:
        """Wait, at most until a signal arrives; raises Stop when it asked for that."""
        self._raise_if_asked()
        select.select([self._woken], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        self._raise_if_asked()

    def wants_reload(self) -> bool:
        """Whether SIGUSR1 has come since the last call."""
        asked, self._reload = self._reload, False
        return asked

    def _ask_reload(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def _raise_if_asked(self) -> None:
        if self._asked:
            raise Stop
