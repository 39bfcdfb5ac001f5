"""The errors a caller can meet: a code, a status and a sentence each, raised deep, rendered once.

Both interfaces use `AppError`: the JSON API as RFC 9457 problem+json, the pages as an HTML page in
the same look. Renderers stand at the end.
"""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException

PROBLEM_JSON = "application/problem+json"


class AppError(Exception):
    """An expected failure. `detail` says what happened and what to do; `extra` joins the JSON.

    `title` heads the page; the API uses the phrase that HTTP has for the status, as RFC 9457
    recommends. Titles and details are lazy texts: raised by operations, which know no language, and
    put into one where they are rendered.
    """

    status = 400
    code = "bad-request"
    title = lazy_gettext("It didn't work")

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self._detail = detail
        self.extra = extra
        self.headers: dict[str, str] = {}

    @property
    def detail(self) -> str:
        """The sentence in the language that is spoken now."""
        return str(self._detail)


class Unauthorized(AppError):
    status, code, title = 401, "unauthorized", lazy_gettext("Sign in first")


class Forbidden(AppError):
    status, code, title = 403, "forbidden", lazy_gettext("You don't have permission")


class NotFound(AppError):
    status, code, title = 404, "not-found", lazy_gettext("Not found")


class Conflict(AppError):
    status, code, title = 409, "conflict", lazy_gettext("It has changed in the meantime")


class Invalid(AppError):
    """Content that was understood and refused; `fields` maps each field to its message. As an
    attribute it lists the names, at least one."""

    status, code, title = 422, "invalid", lazy_gettext("Check your entries")

    def __init__(self, detail: str, fields: dict[str, str] | None = None, **extra: Any) -> None:
        errors = [{"field": name, "message": text} for name, text in (fields or {}).items()]
        super().__init__(detail, errors=errors, **extra)
        self.fields = list(fields or {"": ""})


OTHERS = (
    "Another token opened the job of this question. Use that token, or ask an owner to create a "
    "token that replaces it."
)
OTHERS_JOB = (
    "Another token opened this job, so its summary and links aren't yours to set. Use that token, "
    "or ask an owner to create a token that replaces it."
)


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    """An RFC 9457 response. `extra` members stand beside the standard ones."""
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:unstuck:{code}", "title": title, "status": status, "detail": detail}
    response = Response(json.dumps(body | extra), status=status, content_type=PROBLEM_JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Whether this request came to the API rather than to a page."""
    return request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def init_app(app: Flask) -> None:
    """Install the renderers for AppError, for HTTP errors and for what nobody foresaw."""
    app.register_error_handler(AppError, render_app_error)
    app.register_error_handler(HTTPException, _render_http_error)
    app.register_error_handler(Exception, render_surprise)


def _render(status: int, code: str, title: str, detail: str, **extra: Any) -> Response:
    if wants_json():
        return problem(status, code, detail, **extra)
    html = render_template("errors/page.html", status=status, title=title, detail=detail)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def render_app_error(error: AppError) -> Response:
    """The response for an expected failure."""
    g.refused = error.code  # accounts/security_log.py writes down what is worth a look
    response = _render(error.status, error.code, str(error.title), error.detail, **error.extra)
    response.headers.update(error.headers)
    if error.status == 401 and wants_json():
        response.headers["WWW-Authenticate"] = 'Bearer realm="unstuck"'
    return response


_SENTENCES = {
    400: lazy_gettext("The request couldn't be read. Correct its format and send it again."),
    404: lazy_gettext("There is nothing at this address. Check the link, or start from the inbox."),
    405: lazy_gettext(
        "This endpoint doesn't support this method. See /api/docs for those it supports."
    ),
    413: lazy_gettext("The request is larger than 2 MB. Send only the important part."),
    415: lazy_gettext("Send the body as JSON, with the header Content-Type: application/json."),
}


# What people read instead of the names that HTTP has for these.
_TITLES = {
    400: lazy_gettext("The request couldn't be read"),
    403: lazy_gettext("You don't have permission"),
    404: lazy_gettext("Not found"),
    405: lazy_gettext("This page can't be used like that"),
    408: lazy_gettext("It took too long"),
    413: lazy_gettext("Too large"),
    414: lazy_gettext("The address is too long"),
    429: lazy_gettext("Too many requests"),
    431: lazy_gettext("Too large"),
}
_FOR_PEOPLE = {405: lazy_gettext("This page can't be used like that. Start from the inbox.")}


def _render_http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # werkzeug types it as the base response
    status = error.code or 500
    detail = _SENTENCES.get(status) or error.description or gettext("Try again.")
    title = error.name
    if not wants_json():
        title = _TITLES.get(status, AppError.title)
        detail = _FOR_PEOPLE.get(status, detail)
    response = _render(status, error.name.lower().replace(" ", "-"), str(title), str(detail))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def render_surprise(error: Exception) -> Response:
    """The response for what nobody foresaw, which is logged with its traceback."""
    if current_app.testing:
        raise error
    # The rule and not the path: that of a sign-in link is a secret, and any may hold line breaks.
    rule = request.url_rule or "an unknown address"
    current_app.logger.exception("unexpected error on %s %s", request.method, rule)
    detail = gettext("The server couldn't complete this request. Try again in a moment.")
    if request.method not in ("GET", "HEAD"):  # it may have failed after its commit
        detail = gettext(
            "The server couldn't complete this request. It may have saved your change. Check that "
            "before you try again."
        )
    return _render(500, "internal", gettext("Something went wrong"), detail)
