"""Threads that outlive what nobody foresaw: logged, counted, started again after a pause.

Faults that a thread expects, such as a lost database, are its own to handle. What arrives here is a
fault of the program or of the data, and without a restart its work would never be done again.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from webapp.metrics import PART_FAILURES

_PAUSES_S: Final = (0.1, 0.5, 2.0, 5.0, 10.0)
_DOWN_AFTER: Final = 3  # failures in a row
_PROVEN_S: Final = 5.0  # a run that lasted for so long works

_log = logging.getLogger(__name__)


class Supervised:
    """A thread that runs `run` until `stop` is set, whatever it raises."""

    def __init__(self, name: str, run: Callable[[], None], stop: threading.Event) -> None:
        self.name = name
        self._run = run
        self._stop = stop
        self._failures = 0  # in a row
        self._since: float | None = None  # when the run began that goes on; None between two
        self._thread = threading.Thread(target=self._keep, name=f"live {name}", daemon=True)

    def start(self) -> None:
        """Begin. Once only."""
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end; `stop` has to be set before."""
        self._thread.join(seconds)

    @property
    def is_down(self) -> bool:
        """Whether it failed several times in a row and has not shown since that it works."""
        if self._failures < _DOWN_AFTER:
            return False
        since = self._since
        return since is None or time.monotonic() - since < _PROVEN_S

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._since = began = time.monotonic()
            try:
                self._run()
            except Exception:
                _log.exception("the thread %r failed and is started again", self.name)
            else:
                if self._stop.is_set():
                    return
                _log.error("the thread %r ended too soon and is started again", self.name)
            self._failed(lasted=time.monotonic() - began)

    def _failed(self, lasted: float) -> None:
        self._since = None
        PART_FAILURES.labels(self.name).inc()
        self._failures = 1 if lasted >= _PROVEN_S else self._failures + 1
        self._stop.wait(_PAUSES_S[min(self._failures, len(_PAUSES_S)) - 1])
