"""Where one is signed in."""

from typing import Final

from flask import Blueprint, Response, current_app, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.passkeys import has_name
from webapp.accounts.provider import FOUND_KEY
from webapp.accounts.sign_in import safe_path
from webapp.desk.pages import devices
from webapp.desk.pages.settings.parts import BIGGEST, show
from webapp.extensions import db
from webapp.operations import sessions
from webapp.operations.secrets import digest
from webapp.queries import screens_settings

_SILENT: Final = (
    "refusal",
    "confirm_error",
    "email_error",
    "code_error",
    "current_error",
    "new_error",
    "passkey_error",
)
"""What forms may have to say."""


@signed_in
def sign_in_settings() -> Response:
    """The browsers of the viewer."""
    return page()


@signed_in
def end_session(browser_id: int) -> Redirect:
    """Sign out another browser, or this one."""
    sessions.end_session(browser_id, by=current_actor())
    return redirect("/settings/sign-in?done=session#browsers", 303)


@signed_in
def end_other_sessions() -> Redirect:
    """Sign out everywhere else."""
    sessions.end_other_sessions(session[SESSION_KEY], by=current_actor())
    return redirect("/settings/sign-in?done=sessions#browsers", 303)


def goal() -> str | None:
    """The page of Unstuck to go back to once the viewer has confirmed who they are, if they came
    from one."""
    return safe_path(request.values.get("then"))


def page(status: int = 200, **changes: object) -> Response:
    """The part, with what a form has to say."""
    shown = screens_settings.sign_in(db.session(), current_actor(), digest(session[SESSION_KEY]))
    usual = {
        "in_words": devices.in_words,
        "is_phone": devices.is_phone,
        "has_name": has_name(),
        "provider": current_app.extensions["unstuck"].provider,
        "found_email": session[FOUND_KEY][2] if FOUND_KEY in session else None,
        "email": shown["person"].email,
        "mail_is_set_up": current_app.extensions["unstuck"].mail is not None,
        "then": goal(),
        **dict.fromkeys(_SILENT),
    }
    return show("sign-in", "sign_in", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/sign-in", "sign_in_settings", sign_in_settings)
    one = f"/settings/sessions/<int(max={BIGGEST}):browser_id>/end"
    bp.add_url_rule(one, "end_session", end_session, methods=["POST"])
    others = "/settings/sessions/end-others"
    bp.add_url_rule(others, "end_other_sessions", end_other_sessions, methods=["POST"])
