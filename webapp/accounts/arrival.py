"""The beginning and the end of every way of signing in: the page that offers them all, and then a
session for this browser and the page that was wanted."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, session
from werkzeug.wrappers import Response

from webapp.accounts.access import SESSION_KEY
from webapp.operations import sessions

NEXT_KEY = "next"


def entrance(status: int = 200, **changes: Any) -> tuple[str, int]:
    """The page with all the ways to sign in."""
    usual = {
        "wanted": safe_path(session.get(NEXT_KEY)),
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
    goal = wanted or safe_path(session.get(NEXT_KEY)) or "/"
    session.clear()
    session[SESSION_KEY] = browser
    session.permanent = True
    return redirect(goal, 303)


def safe_path(path: str | None) -> str | None:
    """The path if it is one of this desk, else None. Browsers read a backslash as a slash and skip
    control characters, so neither may stand in it."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return None
    if any(ord(letter) < 32 for letter in path) or "\\" in path:
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc or parts.path.startswith("/sign-") else path
