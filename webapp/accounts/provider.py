"""Signing in through an OpenID provider: away to it, and back with what it says.

The one place where a page waits for somebody else's server. It holds no database connection
meanwhile.
"""

from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, abort, current_app, redirect, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, page_actor
from webapp.accounts.passkeys import site
from webapp.accounts.sign_in import entrance, let_in, safe_path, want
from webapp.clock import now
from webapp.config import Provider
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import audit, identities
from webapp.operations.identities import Claims
from webapp.queries import accounts
from webapp.rules.limits import MAX_PART_CHARS

_PATIENCE_S: Final = 10
_BACK: Final = "/sign-in/provider/back"
FOUND_KEY: Final = "found"
"""Where a signed-in browser keeps who it is at the provider, until its person has said whether that
is to be connected to their account."""
_AGAIN: Final = {"prompt": "login", "max_age": 0}
"""Asks the provider to let nobody through by an open session there."""
_SOME_TIME: Final = {"max_age": 30 * 24 * 3600}
"""Asks it to say when that session began, which it has to say only where an age is named."""
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
_LAST_MOMENT: Final = 2**33  # in the year 2242


def go_to_provider() -> Response | tuple[str, int]:
    """Send the browser to the provider, with a state, a nonce and a challenge, each for one use.
    With `?again=1` the person has to prove again there who they are."""
    client = _client()
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return redirect("/sign-in", 303)  # nobody is signed in by opening another's page
    db.session.remove()
    again = "again" in request.args and SESSION_KEY in session
    if again:
        want(safe_path(request.args.get("then")) or "/settings/sign-in")
    asked = _AGAIN if again else _SOME_TIME
    try:
        return client.authorize_redirect(site().origin + _BACK, **asked)  # type: ignore[no-any-return]  # ships no types
    except _troubles() as error:
        _warn("the OpenID provider cannot be reached", error)
        return entrance(
            502,
            provider_error=_(
                "The sign-in provider can't be reached. Try again later, or sign in another way."
            ),
        )


def come_back() -> Response | tuple[str, int]:
    """Take what the provider says, after asking it directly whether that is so."""
    attempt = limits.SignInAttempt()
    client = _client()
    db.session.remove()
    try:
        claims = _claims(client, client.authorize_access_token())
    except _troubles() as error:
        _warn("a sign-in through the OpenID provider failed", error)
        audit.failed_sign_in("oidc")
        sentence = _("The sign-in didn't work. Try again, or sign in another way.")
        return entrance(403, provider_error=sentence)
    if page_actor() is not None and not _is_known(claims):
        attempt.worked()
        session[FOUND_KEY] = [claims.issuer, claims.subject, claims.email[:MAX_PART_CHARS]]
        return redirect("/settings/sign-in#provider", 303)
    try:
        browser = identities.sign_in(claims, request.headers.get("User-Agent"))
    except (identities.Unknown, Invalid) as error:
        return entrance(error.status, provider_error=error.detail)
    attempt.worked()
    return let_in(browser)


def _is_known(claims: Claims) -> bool:
    found = accounts.person_of_identity(db.session(), claims.issuer, claims.subject)
    return found is not None


def _claims(client: Any, token: dict[str, Any]) -> Claims:
    userinfo = dict(token["userinfo"])  # of the signed token, whose nonce was compared
    if "email" not in userinfo:
        more = client.userinfo(token=token)
        if more["sub"] != userinfo["sub"]:
            raise ValueError("the provider tells of somebody else")
        more = {name: more[name] for name in ("email", "email_verified", "name") if name in more}
        userinfo |= more
    expected = _provider().issuer
    if expected is not None and userinfo["iss"] != expected:
        raise ValueError("the provider is another one than OIDC_ISSUER")
    if len(str(userinfo["iss"])) > MAX_PART_CHARS or len(str(userinfo["sub"])) > MAX_PART_CHARS:
        raise ValueError("the provider's names are too long")
    return Claims(
        issuer=str(userinfo["iss"]),
        subject=str(userinfo["sub"]),
        email=str(userinfo.get("email", "")),
        is_verified=userinfo.get("email_verified") is True,
        name=str(userinfo.get("name", "")),
        proved_at=_proved_at(userinfo.get("auth_time")),
    )


def _proved_at(auth_time: object) -> datetime:
    """When the person proved to the provider who they are, as its signed token says."""
    if _provider().trusts_sessions:
        return now()
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return _LONG_AGO
    if not 0 <= auth_time < _LAST_MOMENT:
        return _LONG_AGO
    return datetime.fromtimestamp(auth_time, UTC)


def _warn(what: str, error: Exception) -> None:
    # Not the error's own text: it may repeat what was sent.
    current_app.logger.warning("%s: %s", what, type(error).__name__)


def _client() -> Any:
    """The client, made once: it keeps what the provider says of itself."""
    provider = _provider()
    found = current_app.extensions.get("openid")
    if found is None:
        from authlib.integrations.flask_client import OAuth

        found = OAuth(current_app).register(
            "openid",
            server_metadata_url=provider.discovery_url,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": _PATIENCE_S,
            },
        )
        current_app.extensions["openid"] = found
    return found


def _provider() -> Provider:
    provider: Provider | None = current_app.extensions["unstuck"].provider
    return provider or abort(404)


def _troubles() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    # What a strange provider answers breaks the library's parsers in other ways, too.
    return (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, LookupError)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/sign-in/provider", "go_to_provider", go_to_provider)
    bp.add_url_rule(_BACK, "come_back", come_back)
