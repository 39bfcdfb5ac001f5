"""What addresses hold: job ids, which are any text, and the numbers of rows."""

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLASH: Final = "\ufdd0"
"""Stands for an escaped slash while the route is looked up: a code point that is no character."""

_ESCAPED: Final = re.compile("%2f", re.IGNORECASE)
_JOBS: Final = "/api/jobs/"


class Number(IntegerConverter):
    """A whole number in a route, in the one way to write it: `042` and `٤٢` are the names of other
    jobs than `42`. At most 18 digits, so that each is a number that PostgreSQL can hold."""

    regex = "(?:0|[1-9][0-9]{0,17})"


class JobId(BaseConverter):
    """A job id in a route, as `<job_id:job_id>`. It may hold slashes, also at its ends."""

    regex = r"[\s\S]+?"
    part_isolating = False
    weight = 200  # as Werkzeug's own path: after whatever is more exact

    def to_python(self, value: str) -> str:
        return value.replace(SLASH, "/")

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


class WholeJobId(JobId):
    """The id in the address of the job itself, with no call behind it.

    `PUT /api/jobs/build-1/errors` is a mistake and makes no job of that name: it is 405. A job that
    is really called so is reached with its slash escaped.
    """

    regex = rf"(?![\s\S]*/(?:errors|errors/healed|escalations|events|resume)\Z){JobId.regex}"


class EscapedSlashes:
    """Keeps `%2F` in a job's address apart from `/`.

    WSGI hands over paths decoded. Then the job `nightly/events` and the events of the job `nightly`
    would share an address; a client that escapes the id, as it should, means the job.
    """

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self.wsgi_app = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        if environ.get("PATH_INFO", "").startswith(_JOBS):
            sent = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
            address, _, _ = sent.partition("?")
            start = address.find(_JOBS)
            if start >= 0 and _ESCAPED.search(address):
                path = unquote(_ESCAPED.sub(SLASH, address[start:]), errors="replace")
                environ["PATH_INFO"] = path.encode().decode("latin-1")
        return self.wsgi_app(environ, start_response)


def init_app(app: Flask) -> None:
    """Let routes of all blueprints name a job id, and hold exact numbers only."""
    app.url_map.converters |= {"int": Number, "job_id": JobId, "whole_job_id": WholeJobId}
    app.wsgi_app = EscapedSlashes(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
