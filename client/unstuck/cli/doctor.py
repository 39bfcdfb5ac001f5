"""`unstuck doctor`: whether this machine can reach its server, and as what."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from unstuck.client import Unstuck
from unstuck.errors import Refused

_CLOCK_TOLERANCE_S = 60
_TIMEOUT_S = 10

Finding = tuple[bool, str]


def add_to(commands: Any) -> None:
    """Declare the command."""
    text = "Check the address, the token, the project and the clock."
    commands.add_parser("doctor", help="check the connection", description=text).set_defaults(
        function=_main
    )


def _main(_: argparse.Namespace) -> int:
    client = Unstuck.from_env()
    fine = True
    for good, text in _findings(client):
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'}  {text}\n")
        fine = fine and good
    return 0 if fine else 1


def _findings(client: Unstuck) -> Iterator[Finding]:
    """What was found, in the order in which it has to be right; stops where the rest can't be."""
    good, text = _address(client.transport.url)
    yield good, text
    if not good:
        return
    yield _token(client)


def _address(url: str) -> Finding:
    try:
        with urlopen(Request(f"{url}/healthz"), timeout=_TIMEOUT_S) as response:  # noqa: S310 - checked by Unstuck
            date = response.headers.get("Date")
    except HTTPError as error:
        return False, f"{url} answers with HTTP {error.code}: is this the address of Unstuck?"
    except (URLError, OSError) as error:
        return False, f"{url} can't be reached: {error}"
    if date is not None:
        apart = abs(time.time() - parsedate_to_datetime(date).timestamp())
        if apart > _CLOCK_TOLERANCE_S:
            return False, f"{url} answers, but its clock and yours are {apart:.0f} s apart"
    return True, f"{url} answers"


def _token(client: Unstuck) -> Finding:
    where = (
        f"?limit=1&project_id={quote(client.project, safe='')}" if client.project else "?limit=1"
    )
    try:
        client.transport.send("GET", f"/api/escalations{where}", patience_s=client.patience_s)
    except Refused as error:
        return False, f"The token isn't accepted: {error.detail}"
    return True, f"The token is accepted{f' for {client.project}' if client.project else ''}"
