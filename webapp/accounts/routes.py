"""Signing in by a one-time link, and out again."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from webapp.accounts import (
    invitations,
    limits,
    mailed_links,
    passkeys,
    passwords,
    provider,
    unsubscribing,
)
from webapp.accounts.access import SESSION_KEY, page_actor
from webapp.accounts.sign_in import entrance, let_in, safe_path, want, wanted_path
from webapp.extensions import db
from webapp.operations import people, sessions
from webapp.operations.secrets import digest
from webapp.queries import accounts as queries

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
def sign_in() -> str | Response:
    """How to get a link. The page that was wanted is remembered for after the sign-in."""
    wanted = safe_path(request.args.get("next"))
    if page_actor() is not None:
        return redirect(wanted or "/", 303)
    if wanted:
        want(wanted)
    return entrance(wanted=wanted or wanted_path())[0]


@bp.get("/sign-in/<secret>")
def show_link(secret: str) -> str | tuple[str, int]:
    """A button and nothing more: scanners that open the links of a mail use nothing up."""
    if not queries.link_works(db.session(), digest(secret)):
        limits.stranger()
        return render_template("accounts/link_used.html", signed_in=page_actor() is not None), 410
    wanted = safe_path(request.args.get("next"))
    return render_template("accounts/link.html", wanted=wanted)


@bp.post("/sign-in/<secret>")
def use_link(secret: str) -> Response | tuple[str, int]:
    """Use the link up and go to the page that was wanted."""
    attempt = limits.SignInAttempt()
    try:
        browser = people.sign_in(secret, request.headers.get("User-Agent"))
    except people.LinkUsed:
        return render_template("accounts/link_used.html", signed_in=page_actor() is not None), 410
    except people.CodeMissing as missing:
        attempt.worked()
        if to := safe_path(request.form.get("next")):
            want(to)
        session[passwords.STEP_KEY] = missing.step
        return redirect("/sign-in/code", 303)
    attempt.worked()
    wanted = safe_path(request.form.get("next"))
    return let_in(browser, wanted)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session of this browser."""
    secret = session.get(SESSION_KEY)
    if secret:
        sessions.sign_out(secret)
    session.clear()
    # Who signs out to prove who they are wants to come back.
    then = safe_path(request.form.get("then"))
    response = redirect(f"/sign-in?{urlencode({'next': then})}" if then else "/sign-in", 303)
    # Browsers keep pages whole for the way back, and show them without asking.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


for way in (passwords, mailed_links, passkeys, provider, invitations, unsubscribing):
    way.add_to(bp)
