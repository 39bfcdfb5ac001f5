"""Every form that is posted must be one of ours, opened by the one who sends it."""

from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.accounts.access import page_actor
from webapp.errors import AppError, Unauthorized, wants_json
from webapp.extensions import csrf

PROOF_IN_ADDRESS = ("accounts.use_link", "accounts.unsubscribe")
"""The secret of the link is the proof. Mail programs unsubscribe without a page."""

FROM_OWN_ORIGIN = ("desk.confirm_device", "desk.press")
"""What a service worker sends, which has no page and so no token: its browser says that it comes
from here."""

STRANGERS_FORM_BYTES = 16_384
MOST_FIELDS = 500
"""No form of ours comes near either: the largest are those of signed-in people, with long texts."""


class FormTooOld(AppError):
    status, code, title = 400, "form-too-old", lazy_gettext("This page is out of date")


def check() -> None:
    """Before each request: a change from a page needs the token of its form. Calls with a bearer
    token need none, because no browser sends that by itself."""
    if request.method in ("GET", "HEAD", "OPTIONS") or wants_json():
        return
    _refuse_foreign()  # first, because it costs nothing
    _refuse_large()
    if request.endpoint in PROOF_IN_ADDRESS:
        return
    if request.endpoint in FROM_OWN_ORIGIN:
        _require_own_origin()
        return
    if request.headers.get("HX-Request") == "true" and page_actor() is None:
        # A redirect would be followed, and the sign-in page put into a corner of this one.
        raise Unauthorized(lazy_gettext("You're signed out. Sign in again, then send it again."))
    try:
        csrf.protect()
    except CSRFError as error:
        raise FormTooOld(
            lazy_gettext(
                "Nothing was sent. Go back, copy your text, reload the page and send it again."
            )
        ) from error


def _refuse_foreign() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin is not None and urlsplit(origin).netloc not in own_hosts()
    if foreign:
        raise FormTooOld(
            lazy_gettext("Open the page or the link you were sent, then press the button there.")
        )


def _require_own_origin() -> None:
    origin = request.headers.get("Origin")
    named = origin is not None and urlsplit(origin).netloc in own_hosts()
    if not named and request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise FormTooOld(lazy_gettext("Open the question, then answer it on its page."))


def _refuse_large() -> None:
    """Before the form is parsed, which takes longer than reading it."""
    if page_actor() is None:
        request.max_content_length = STRANGERS_FORM_BYTES
    urlencoded = request.mimetype == "application/x-www-form-urlencoded"
    if urlencoded and request.get_data(cache=True).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge


def own_hosts() -> set[str]:
    """The names under which this desk is called: that of the request and the public one."""
    public = current_app.extensions["unstuck"].public_url
    return {request.host, urlsplit(public).netloc} if public else {request.host}
