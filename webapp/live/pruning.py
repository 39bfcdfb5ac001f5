"""Forgets what is old, once a day: events, attempts, what is over (operations/pruning.py)."""

import logging
import random
import threading
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.clock import now
from webapp.config import Config
from webapp.operations import pruning

_FIRST_S: Final = (600.0, 3600.0)  # after the start, so that a server that restarts daily prunes
_EVERY_S: Final = (23 * 3600.0, 25 * 3600.0)  # not at the same moment in every process
_PAUSE_S: Final = 0.05  # between two batches: others write as well

_log = logging.getLogger(__name__)


class Pruning:
    """The daily round of one process. Where several do it, the later ones find nothing left."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        config: Config = app.extensions["unstuck"]
        self._app = app
        self._keep = config.retention
        self._stop = stop

    def run(self) -> None:
        """Prune once a day, until told to stop."""
        pause = _FIRST_S
        while not self._stop.wait(random.uniform(*pause)):  # noqa: S311 - no secret
            pause = _EVERY_S
            try:
                self._round()
            except SQLAlchemyError as error:
                _log.warning("old rows could not be forgotten, trying again tomorrow: %s", error)

    def _round(self) -> None:
        with self._app.app_context():
            found = pruning.prune_all(self._keep, now(), goes_on=self._goes_on)
        if said := ", ".join(f"{count} {name}" for name, count in found.items() if count):
            _log.info("forgot %s", said)

    def _goes_on(self) -> bool:
        return not self._stop.wait(_PAUSE_S)
