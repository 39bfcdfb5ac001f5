"""The actor behind a request: a bearer token, or a signed-in browser. Nothing else is believed."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from webapp.accounts import limits
from webapp.accounts.limits import SESSION_KEY as SESSION_KEY
from webapp.accounts.token_cache import TokenCache
from webapp.actors import Actor, Role, narrowed
from webapp.errors import Unauthorized
from webapp.extensions import db
from webapp.models import Membership, Person
from webapp.operations import sessions, tokens
from webapp.operations.secrets import digest
from webapp.origin import NOWHERE, Origin
from webapp.queries import accounts as queries

P = ParamSpec("P")
R = TypeVar("R")


def token_actor() -> Actor:
    """The actor of the request's bearer token, or Unauthorized with what to do."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        limits.stranger()
        raise Unauthorized("Send your token in the header: Authorization: Bearer <token>.")
    token = _live_token(digest(secret.strip()))
    actor = None if token is None else actor_of_token(token)
    if token is None or actor is None:
        limits.stranger()
        raise Unauthorized(
            "This token is not known, was revoked or has expired. Make a new one with: "
            "flask --app wsgi token create --name NAME --project ID"
        )
    g.token_actor, g.calling_token = actor, token
    limits.agent_call(token.id)
    return actor


def calling_token() -> queries.LiveToken:
    """The token behind `token_actor()`, of the same request."""
    return cast("queries.LiveToken", g.calling_token)


def _live_token(secret_hash: str) -> queries.LiveToken | None:
    cache: TokenCache = current_app.extensions["token_cache"]
    if known := cache.find(secret_hash):
        return known
    found = cache.look_up(secret_hash, lambda: queries.live_token(db.session(), secret_hash))
    if found is not None:
        tokens.note_use(found.id, found.last_used_at)
    return found


def actor_of_token(token: queries.LiveToken) -> Actor | None:
    """A token's scope in each of its projects. A person's own one acts as the person, as far as
    they are still in those projects."""
    if token.person_id is not None:
        return _of_person(token.person_id, token.project_ids)
    grants = dict.fromkeys(token.project_ids, cast("Role", token.scope))
    return Actor(ref=f"token:{token.id}", name=token.name, grants=grants)


def _of_person(person_id: int, project_ids: list[str]) -> Actor | None:
    found = queries.person(db.session(), person_id)
    if found is None:
        return None
    person = actor_of_person(*found)
    grants = narrowed(person.grants, project_ids)
    return Actor(ref=person.ref, name=person.name, grants=grants) if grants else None


def page_actor() -> Actor | None:
    """The actor of the signed-in browser, or None. Looked up once per request."""
    if "page_actor" not in g:
        g.page_actor = _browser_actor()
    return cast("Actor | None", g.page_actor)


def is_signed_in() -> bool:
    """Look up whether the request comes from a browser whose session is still good."""
    g.pop("page_actor", None)  # of another request, where an application context outlasts one
    return page_actor() is not None


def page_language() -> str | None:
    """What the signed-in person reads pages in; None where they left that to their browser."""
    page_actor()
    return cast("str | None", g.get("page_language"))


def _browser_actor() -> Actor | None:
    g.page_language = None
    secret = session.get(SESSION_KEY)
    found = queries.live_browser(db.session(), digest(secret)) if secret else None
    if found is None:
        return None
    browser, person = found
    g.page_language = person.language
    sessions.note_seen(browser)
    return actor_of_person(person, queries.memberships(db.session(), person.id))


def actor_of_person(person: Person, memberships: list[Membership]) -> Actor:
    """A person's role in each of their projects."""
    grants = {member.project_id: cast("Role", member.role) for member in memberships}
    return Actor(ref=f"person:{person.id}", name=person.name, grants=grants)


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Let only signed-in browsers see a page; others are sent to sign in and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if page_actor() is None:
            return redirect(url_for("accounts.sign_in", next=local_path()), 303)
        return view(*args, **kwargs)

    return guarded


def current_actor() -> Actor:
    """The actor of a page behind `signed_in`."""
    actor = page_actor()
    if actor is None:
        raise Unauthorized(lazy_gettext("Your session has ended. Sign in again to continue."))
    return actor


def local_path() -> str | None:
    """Where to come back to after signing in: only a page of this desk that was being read."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def origin_of_request() -> Origin:
    """From where this request came; NOWHERE in a command or a thread."""
    if not has_request_context():
        return NOWHERE
    return Origin(request.remote_addr, request.headers.get("User-Agent"))
