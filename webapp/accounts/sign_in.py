"""The beginning and the end of every way of signing in: the page that offers them all, and then a
session for this browser and the page that was wanted."""

import sys
from pathlib import Path
from shlex import quote
from typing import Any, Final
from urllib.parse import urlsplit

from flask import after_this_request, current_app, redirect, render_template, request, session
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from webapp.accounts.access import SESSION_KEY
from webapp.accounts.cookies import full_name, keep
from webapp.addresses import is_this_machine
from webapp.config import PROJECT_ROOT, Config
from webapp.operations import sessions

_NEXT: Final = "next"
_WANTED_FOR_S: Final = 3600
_LONGEST: Final = 2000  # characters: browsers drop a cookie of more than 4 kB


def entrance(status: int = 200, **changes: Any) -> tuple[str, int]:
    """The page with all the ways to sign in."""
    config: Config = current_app.extensions["unstuck"]
    usual = {
        "wanted": wanted_path(),
        "email": "",
        "error": None,
        "passkey_error": None,
        "provider": config.provider,
        "provider_error": None,
        "mail_is_set_up": config.mail is not None,
        "command": link_command(config),
        "same_settings": bool(config.database_url) or not _is_private(config),
    }
    return render_template("accounts/sign_in.html", **(usual | changes)), status


def link_command(config: Config) -> str:
    """What to type in the server's folder for a sign-in link. Where the data lies is for those who
    sit at this machine: strangers may read the page of a public server."""
    own = PROJECT_ROOT / ".venv"
    folder = ".venv/bin/" if own.exists() and own.resolve() == Path(sys.prefix).resolve() else ""
    elsewhere = not config.database_url and config.data_dir != PROJECT_ROOT / "data"
    data = f"DATA_DIR={quote(str(config.data_dir))} " if elsewhere and _is_private(config) else ""
    return f"{data}{folder}flask --app wsgi founder link"


def _is_private(config: Config) -> bool:
    return not config.public_url and is_this_machine(config.host)


def let_in(browser: str, wanted: str | None = None) -> Response:
    """Keep the secret of the new session in this browser and go on. What an earlier visitor left
    in it does not pass on to the one who signs in."""
    if earlier := session.get(SESSION_KEY):
        sessions.sign_out(earlier)
    goal = wanted or wanted_path() or "/"
    session.clear()
    session[SESSION_KEY] = browser
    session.permanent = True
    generate_csrf()  # now: else each of the first pages would make one of its own
    response = redirect(goal, 303)
    keep(response, _NEXT, "", 0)
    return response


def want(path: str) -> None:
    """Remember the page to open after the sign-in. In a cookie of its own: a page that only
    remembers this must not rewrite what others keep in the session."""
    if len(path) <= _LONGEST:
        after_this_request(lambda response: _kept(response, path))


def _kept(response: Any, path: str) -> Any:
    keep(response, _NEXT, path, _WANTED_FOR_S)
    return response


def wanted_path() -> str | None:
    """The page to open after the sign-in, if one was remembered."""
    return safe_path(request.cookies.get(full_name(_NEXT)))


def safe_path(path: str | None) -> str | None:
    """The path if it is one of this desk, else None. Browsers read a backslash as a slash and skip
    control characters, so neither may stand in it."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return None
    if any(ord(letter) < 32 for letter in path) or "\\" in path:
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc or parts.path.startswith("/sign-") else path
