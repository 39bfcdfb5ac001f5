"""`unstuck doctor`: whether this machine can reach its server, and as what."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from unstuck.client import Unstuck
from unstuck.errors import Refused

_CLOCK_TOLERANCE_S = 60
_TIMEOUT_S = 10

Finding = tuple[bool, str]


def add_to(commands: Any) -> None:
    """Declare the command."""
    text = "Check the address, the clock, the token, its scope and its project."
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
    try:
        token = client.transport.send("GET", "/api/token", patience_s=client.patience_s)
    except Refused as error:
        return False, f"The token isn't accepted: {error.detail}"
    roles = {each["project_id"]: each["role"] for each in token["projects"]}
    named = client.project
    if named is None and (len(roles) > 1 or "*" in roles):
        return False, f"The token has several projects: set UNSTUCK_PROJECT to one ({_list(roles)})"
    if named is not None and named not in roles and "*" not in roles:
        return False, f"The token isn't for {named}: set UNSTUCK_PROJECT to one of {_list(roles)}"
    project = named or next(iter(roles))
    role = roles.get(project) or roles["*"]
    until = f" until {token['expires_at']}" if token["expires_at"] else ""
    return role in _MAY, f"The token {token['name']!r} may {_MAY.get(role, 'only read')} in " + (
        f"{project}{until}{_more_than_an_agent(role)}"
    )


_MAY = {"agent": "report and ask", "founder": "report, ask and answer"}


def _list(roles: dict[str, str]) -> str:
    return ", ".join("any project" if project == "*" else project for project in roles)


def _more_than_an_agent(role: str) -> str:
    return ". An agent needs one with the scope agent" if role == "founder" else ""
