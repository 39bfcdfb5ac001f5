"""gunicorn writes a line for each request that is none. Anybody can send a million of them."""

import logging
from typing import Final

from webapp.operations.audit import Allowance

A_MINUTE: Final = 60


class MalformedRequestLog(logging.Filter):
    """Lets only so many of those lines through in a minute; the next says how many there were."""

    def __init__(self) -> None:
        super().__init__()
        self._allowance = Allowance(each=A_MINUTE, together=A_MINUTE)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not str(record.msg).startswith("Invalid request"):
            return True
        unwritten = self._allowance.take(None)
        if unwritten:
            record.msg = f"{record.msg} ({unwritten} more were not written down)"
        return unwritten is not None
