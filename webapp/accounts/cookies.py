"""The session cookie, and those beside it, none of which lets anyone in."""

from typing import Final

from flask import Flask, current_app
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request
from werkzeug.wrappers import Response

STATIC: Final = ("/static/", "/assets/", "/icon/")
"""Where everyone gets the same bytes, whoever they are."""

YEAR_S: Final = 365 * 24 * 3600


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions. A static file has none: its cookie is neither read nor written."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(STATIC):
            return self.session_class()
        return super().open_session(app, request)


def full_name(name: str) -> str:
    """What the cookie is called: over HTTPS it is bound to this very host, as that of the session
    is."""
    return f"__Host-{name}" if _is_https() else name


def keep(response: Response, name: str, value: str, seconds: int = YEAR_S) -> None:
    """Let the browser keep it for so long, out of reach of scripts; for 0 seconds: forget it."""
    response.set_cookie(
        full_name(name),
        value,
        max_age=seconds,
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
    )


def _is_https() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
