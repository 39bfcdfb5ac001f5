"""Cookies of the desk beside that of the session. None of them lets anybody in."""

from typing import Final

from flask import current_app
from werkzeug.wrappers import Response

YEAR_S: Final = 365 * 24 * 3600


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
