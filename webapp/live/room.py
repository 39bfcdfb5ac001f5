"""The most requests that may stay open in a process, so that short ones always get in."""

from typing import Final

from flask_babel import lazy_gettext

from webapp.errors import AppError
from webapp.live.hub import Hub

MOST_OPEN: Final = 11_000
"""Streams and waiting requests of one process. It takes 12,000 connections (gunicorn.conf.py): the
others are for answers, reports and pages."""


class Full(AppError):
    """This process has as many open streams and waiting requests as it may."""

    status, code = 503, "too-many-connections"
    title = lazy_gettext("Too many connections")

    def __init__(self) -> None:
        super().__init__(
            lazy_gettext(
                "Too many pages and agents are connected to this server right now. Try again in a "
                "few seconds."
            )
        )
        self.headers = {"Retry-After": "5"}


def check(hub: Hub) -> None:
    """Raise Full if no further request may stay open in this process."""
    if hub.open > MOST_OPEN:
        raise Full
