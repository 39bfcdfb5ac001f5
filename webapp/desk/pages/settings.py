"""What a person sets for themselves, and the tokens of their projects' agents.

Plain forms: each leads back to the page, which says what was done.
"""

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.desk.pages import devices
from webapp.desk.pages.rendering import page
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import people, tokens
from webapp.operations.secrets import digest
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text

DONE = {
    "name": "Your name is changed. What you decided before keeps the name that you had then.",
    "session": "That browser is signed out.",
    "sessions": "All other browsers are signed out.",
    "token": "The token no longer works.",
}
BIGGEST = 2**63 - 1


@signed_in
def settings() -> Response:
    """Name, browsers, tokens."""
    return _page()


@signed_in
def rename() -> Response | Redirect:
    """Change one's own name."""
    name = clean_text(request.form.get("name", ""))
    try:
        people.rename(name, by=current_actor())
    except Invalid as error:
        return _page(422, name=name, name_error=error.detail)
    return redirect("/settings?done=name", 303)


@signed_in
def end_session(browser_id: int) -> Redirect:
    """Sign out another browser, or this one."""
    people.end_session(browser_id, by=current_actor())
    return redirect("/settings?done=session#browsers", 303)


@signed_in
def end_other_sessions() -> Redirect:
    """Sign out everywhere else."""
    people.end_other_sessions(session[SESSION_KEY], by=current_actor())
    return redirect("/settings?done=sessions#browsers", 303)


@signed_in
def create_token() -> Response:
    """Make a token. This answer is the only one that ever holds it, so nobody keeps a copy."""
    form = {name: clean_text(request.form.get(name, "")) for name in ("name", "project", "scope")}
    scope: tokens.Scope = "founder" if form["scope"] == "founder" else "agent"
    try:
        token, secret = tokens.create_for(form["name"], form["project"], scope, by=current_actor())
    except Invalid as error:
        return _page(422, token_form=form, token_error=error.detail)
    response = page("settings/token.html", "quiet", token=token, secret=secret)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@signed_in
def end_token(token_id: int) -> Redirect:
    """End a token at once."""
    tokens.end(token_id, by=current_actor())
    return redirect("/settings?done=token#tokens", 303)


def _page(status: int = 200, **changes: object) -> Response:
    cursor = request.args.get("cursor", "")
    secret_hash = digest(session[SESSION_KEY])
    shown = screens_settings.page(db.session(), current_actor(), secret_hash, cursor)
    usual = {
        "done": DONE.get(request.args.get("done", "")),
        "name": shown["person"].name,
        "name_error": None,
        "token_form": {"name": "", "project": "", "scope": "agent"},
        "token_error": None,
        "in_words": devices.in_words,
        "is_phone": devices.is_phone,
    }
    return page("settings/page.html", "quiet", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings", "settings", settings)
    bp.add_url_rule("/settings/name", "rename", rename, methods=["POST"])
    one = f"/settings/sessions/<int(max={BIGGEST}):browser_id>/end"
    bp.add_url_rule(one, "end_session", end_session, methods=["POST"])
    others = "/settings/sessions/end-others"
    bp.add_url_rule(others, "end_other_sessions", end_other_sessions, methods=["POST"])
    bp.add_url_rule("/settings/tokens", "create_token", create_token, methods=["POST"])
    token = f"/settings/tokens/<int(max={BIGGEST}):token_id>/end"
    bp.add_url_rule(token, "end_token", end_token, methods=["POST"])
