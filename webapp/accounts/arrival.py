"""The beginning and the end of every way of signing in: the page that offers them all, and then a
session for this browser and the page that was wanted."""

from typing import Any, Final
from urllib.parse import urlsplit

from flask import after_this_request, current_app, redirect, render_template, request, session
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from webapp.accounts.access import SESSION_KEY
from webapp.accounts.cookies import full_name, keep
from webapp.operations import sessions

_NEXT: Final = "next"
_WANTED_FOR_S: Final = 3600
_LONGEST: Final = 2000  # characters: browsers drop a cookie of more than 4 kB


def entrance(status: int = 200, **changes: Any) -> tuple[str, int]:
    """The page with all the ways to sign in."""
    usual = {
        "wanted": wanted_path(),
        "email": "",
        "error": None,
        "passkey_error": None,
        "provider": current_app.extensions["unstuck"].provider,
        "provider_error": None,
    }
    return render_template("accounts/sign_in.html", **(usual | changes)), status


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
