"""The session cookie, and those beside it, none of which lets anyone in."""

from typing import Any, Final

from flask import Flask, current_app
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from webapp.clock import now

STATIC: Final = ("/static/", "/assets/", "/icon/")
"""Where everyone gets the same bytes, whoever they are."""

YEAR_S: Final = 365 * 24 * 3600


class _Signer(TimestampSigner):
    """Dates by the one clock, and believes a cookie that another machine signed a moment ago, and
    whose second has not begun here."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())

    def unsign(
        self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and (now() - signed_at).total_seconds() > max_age:
            raise SignatureExpired("too old", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions. A static file has none: its cookie is neither read nor written."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        found = super().get_signing_serializer(app)
        if found is not None:
            found.signer = _Signer
        return found

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
