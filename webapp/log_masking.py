"""Keeps secrets that passed through this process in the last hour out of its log.

Nothing logs them on purpose. This is for what logs without knowing: an error with the values of a
frame, a library's debug line.
"""

import logging
import threading
import time
from typing import Any, Final

HIDDEN: Final = "***"
_KEPT_S: Final = 3600.0
_SHORTEST: Final = 6
"""Characters: to hide each `a` in a log would hide the log."""

_lock = threading.Lock()
_until: dict[str, float] = {}


def remember(value: str) -> None:
    """Hide this value, and each of its longer lines, from now on for an hour."""
    moment = time.monotonic()
    with _lock:
        for text in [*_until]:
            if _until[text] < moment:
                del _until[text]
        for text in {value, *value.splitlines()}:
            if len(text) >= _SHORTEST:
                _until[text] = moment + _KEPT_S


def masked(text: str) -> str:
    """The text without the values that are remembered."""
    if not _until:
        return text
    moment = time.monotonic()
    with _lock:
        values = [value for value, until in _until.items() if until >= moment]
    for value in sorted(values, key=len, reverse=True):
        # As a log would write it: as it is, or within a repr.
        for written in (value, repr(value)[1:-1]):
            text = text.replace(written, HIDDEN)
    return text


def install() -> None:
    """Mask every record of every logger of this process, whatever handler writes it."""
    make = logging.getLogRecordFactory()
    if getattr(make, "masks", False):
        return

    def masking(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if _until:
            _mask(record)
        return record

    masking.masks = True  # type: ignore[attr-defined]  # known again by it
    logging.setLogRecordFactory(masking)


def _mask(record: logging.LogRecord) -> None:
    try:
        message = record.getMessage()
    except Exception:  # what cannot be formatted is left to the handler, which says so
        return
    if (hidden := masked(message)) != message:
        record.msg, record.args = hidden, ()
    if record.exc_info and record.exc_info[0] is not None:
        # Formatters write what stands here and make no text of their own.
        record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
