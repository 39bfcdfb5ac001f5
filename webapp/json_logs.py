"""Logs as JSON, one object a line, for programs that collect them; each line of a request carries
its id. Only with LOG_FORMAT=json.

Nothing but the standard library is imported here: gunicorn's main process runs this file by its
path, before anything of the application may be loaded.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flask import Flask, Response

HEADER: Final = "X-Request-Id"
_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class JsonFormatter(logging.Formatter):
    """One record as JSON on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line: `at`, `level`, `logger`, `message`, and `request_id` and `exception` if any."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (asked := _request_id()) is not None:
            line["request_id"] = asked
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


def _request_id() -> str | None:
    """The id of this request: the one that a proxy gave it, else a new one. None outside of one."""
    if "flask" not in sys.modules:
        return None
    from flask import g, has_request_context, request

    if not has_request_context():
        return None
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
    return str(g.request_id)


def install() -> None:
    """Let all loggers of this process write JSON to its error output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    for name in ("gunicorn.error", "webapp"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def init_app(app: Flask) -> None:
    """Write JSON, and tell the caller the id under which its request is in the log."""
    install()
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = str(_request_id())
    return response
