"""The lane of one channel: claims what is due and sends it from a pool of threads of its own."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.clock import now
from webapp.extensions import db
from webapp.operations import deliveries
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import Channel, NotNeeded, NotYet
from webapp.rules.sending import Attempt, Outcome, repeats

_LOOK_EVERY_S: Final = 5.0  # the planner wakes a lane; this is for what another worker left
_TROUBLE_S: Final = 1.0

_log = logging.getLogger(__name__)


class Lane:
    """Sends the deliveries of one channel until told to stop."""

    def __init__(
        self, app: Flask, channel: Channel[Any], stop: threading.Event, lease_s: float
    ) -> None:
        self._app = app
        self._channel = channel
        self._stop = stop
        self._lease_s = lease_s
        self._free = threading.BoundedSemaphore(channel.threads)
        self._pool = ThreadPoolExecutor(channel.threads, thread_name_prefix=channel.name)
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def end(self) -> None:
        """Take nothing new; `stop` has to be set before. What is being sent has the process's last
        seconds to be settled, else another worker finds it when its lease runs out."""
        self._wake.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def rest(self, until: float) -> None:
        """Wait until nothing is being sent any more, at the latest until that moment of
        `time.monotonic`. `end` has to be called before."""
        for _ in range(self._channel.threads):
            if not self._free.acquire(timeout=max(0.0, until - time.monotonic())):
                return

    def run(self) -> None:
        """Claim and send."""
        while not self._stop.is_set():
            self._free.acquire()
            self._wake.clear()
            try:
                claimed = self._claim()
            except SQLAlchemyError as error:
                database_errors.warn(_log, "deliveries could not be claimed", error)
                self._free.release()
                self._stop.wait(_TROUBLE_S)
                continue
            if claimed is None:
                self._free.release()
                self._wake.wait(self._patience())
            else:
                self._hand_over(claimed)

    def _hand_over(self, claimed: Claimed) -> None:
        try:
            self._pool.submit(self._keep, claimed)
        except RuntimeError:  # the pool was told to end in this very moment
            self._keep(claimed)

    def _claim(self) -> Claimed | None:
        with self._app.app_context():
            return deliveries.claim(self._channel.name, self._lease_s)

    def _patience(self) -> float:
        try:
            with self._app.app_context():
                due = deliveries.next_due(self._channel.name)
        except SQLAlchemyError:
            return _TROUBLE_S
        if due is None:
            return _LOOK_EVERY_S
        # What is due and was not claimed waits for a turn at its address.
        return min(max((due - now()).total_seconds(), 0.2), _LOOK_EVERY_S)

    def _keep(self, claimed: Claimed) -> None:
        try:
            self._handle(claimed)
        except SQLAlchemyError as error:  # the lease runs out, and it is taken up again
            _log.warning("delivery %d could not be settled: %s", claimed.id, error)
        except Exception:
            _log.exception("delivery %d failed", claimed.id)
        finally:
            self._free.release()
            self._wake.set()

    def _handle(self, claimed: Claimed) -> None:
        with self._app.app_context():
            if claimed.maybe_sent and not self._repeats(claimed, claimed.attempts - 1):
                ended = Attempt(Outcome.UNKNOWN, "The worker ended while it was sent.")
                deliveries.settle(claimed, ended, may_repeat=False)
                return
            try:
                message = self._channel.load(claimed)
            except NotNeeded as found:
                deliveries.leave(claimed, found.reason)
                return
            except NotYet as found:
                deliveries.postpone(claimed, found.reason, found.wait_s)
                return
            except SQLAlchemyError:
                raise
            except Exception as error:
                deliveries.settle(claimed, self._fault(error), may_repeat=True)
                return
            db.session.remove()  # no connection is held while a receiver takes its time
            attempt = self._send(message)
            may_repeat = self._repeats(claimed, claimed.attempts)
            deliveries.settle(claimed, attempt, may_repeat=may_repeat)

    def _repeats(self, claimed: Claimed, attempts: int) -> bool:
        first = self._channel.repeats_first and claimed.step == 0
        knows = self._channel.knows_repeats
        return repeats(knows_repeats=knows, is_first=first, attempts=attempts)

    def _send(self, message: object) -> Attempt:
        try:
            return self._channel.send(message)
        except Exception as error:
            return self._fault(error)

    def _fault(self, error: Exception) -> Attempt:
        """A fault of the program, which must not come again every minute."""
        _log.exception("the channel %s raised", self._channel.name)
        return Attempt(Outcome.FAILED, f"The server failed: {type(error).__name__}")
