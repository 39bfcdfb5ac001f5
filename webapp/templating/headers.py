"""The headers that guard a page: nothing runs, loads or frames it but what this desk serves."""

from typing import Final

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)

_ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers would then send forms with an unknown origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


# For a year, as browsers' own lists ask for. Only where PUBLIC_URL says that there is HTTPS.
_OVER_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def init_app(app: Flask) -> None:
    """Put the headers on every answer; a route that needs another value sets it itself."""
    https = app.config["SESSION_COOKIE_SECURE"]
    headers = _ALWAYS | _OVER_HTTPS if https else _ALWAYS
    app.after_request(lambda response: _guard(response, headers))


def _guard(response: Response, headers: dict[str, str]) -> Response:
    if "secret" in (request.view_args or ()):
        # The address is a secret: nothing is told of it, and no copy of the page is kept.
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["Cache-Control"] = "private, no-store"
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(("HX-Request", "Cookie"))
    return response
