"""The tokens of one's projects' agents."""

from typing import Final

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.desk.pages.settings.parts import BIGGEST, show, show_secret
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.operations import sessions, token_replacement, tokens
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text

_FIELDS: Final = ("name", "project", "scope", "lives")
_USUAL: Final = str(tokens.DAYS)
_LIVES: Final = {"30": 30, _USUAL: tokens.DAYS, "365": 365, "never": None}
"""How many days a token may be made for. One without an end has to be chosen."""

_OVERLAPS: Final = {"0": 0, "1": 1, "24": 24, "168": 168}
"""How many hours a token still works after it was replaced."""


@signed_in
def token_settings() -> Response:
    """The tokens in force, and the form for a new one."""
    return _page()


@signed_in
def create_token() -> Response:
    """Make a token. This answer is the only one that ever holds it."""
    limits.new_token(current_actor().ref)
    form = {name: clean_text(request.form.get(name, "")) for name in _FIELDS}
    scope: tokens.Scope = "founder" if form["scope"] == "founder" else "agent"
    try:
        token, secret = tokens.create_for(
            form["name"],
            form["project"],
            scope,
            _LIVES.get(form["lives"], tokens.DAYS),
            by=current_actor(),
            session_secret=session[SESSION_KEY],
        )
    except (Invalid, sessions.ConfirmFirst) as error:
        first = isinstance(error, sessions.ConfirmFirst)
        return _page(error.status, token_form=form, token_error=error.detail, confirm_first=first)
    return show_secret("tokens", "token", token=token, secret=secret, old=None)


@signed_in
def end_token(token_id: int) -> Redirect:
    """End a token at once."""
    tokens.end(token_id, by=current_actor())
    return redirect("/settings/tokens?done=token", 303)


@signed_in
def replace_token(token_id: int) -> Response:
    """Make a token that takes over the jobs of another one. This answer is the only one that ever
    holds it."""
    limits.new_token(current_actor().ref)
    overlap = _OVERLAPS.get(request.form.get("overlap", ""), token_replacement.OVERLAP_HOURS)
    try:
        token, secret, old = token_replacement.replace(
            token_id, overlap, by=current_actor(), session_secret=session[SESSION_KEY]
        )
    except (Conflict, sessions.ConfirmFirst) as error:
        first = isinstance(error, sessions.ConfirmFirst)
        return _page(error.status, token_error=error.detail, confirm_first=first)
    return show_secret("tokens", "token", token=token, secret=secret, old=old)


def _page(status: int = 200, **changes: object) -> Response:
    cursor = request.args.get("cursor", "")
    shown = screens_settings.token_list(db.session(), current_actor(), cursor)
    usual = {
        "token_form": dict.fromkeys(_FIELDS, "") | {"scope": "agent", "lives": _USUAL},
        "token_error": None,
        "confirm_first": False,
    }
    return show("tokens", "tokens", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/tokens", "token_settings", token_settings)
    bp.add_url_rule("/settings/tokens", "create_token", create_token, methods=["POST"])
    token = f"/settings/tokens/<int(max={BIGGEST}):token_id>/end"
    bp.add_url_rule(token, "end_token", end_token, methods=["POST"])
    token = f"/settings/tokens/<int(max={BIGGEST}):token_id>/replace"
    bp.add_url_rule(token, "replace_token", replace_token, methods=["POST"])
