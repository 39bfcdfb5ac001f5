"""Who one is at the OpenID provider: connected to one's account here by a button, and no longer."""

from flask import Blueprint, Response, redirect, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.provider import FOUND_KEY
from webapp.desk.pages.settings import sign_in
from webapp.desk.pages.settings.parts import BIGGEST
from webapp.errors import Conflict
from webapp.operations import identities, sessions


@signed_in
def connect_identity() -> Response | Redirect:
    """Sign in as the one who was found there, from now on."""
    found = session.get(FOUND_KEY)
    if found is None:
        return redirect("/settings/sign-in", 303)
    issuer, subject, _email = found
    try:
        identities.connect(issuer, subject, session[SESSION_KEY], by=current_actor())
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    session.pop(FOUND_KEY)
    return redirect("/settings/sign-in?done=identity#provider", 303)


@signed_in
def leave_identity() -> Redirect:
    """Leave it as it is."""
    session.pop(FOUND_KEY, None)
    return redirect("/settings/sign-in#provider", 303)


@signed_in
def disconnect_identity(identity_id: int) -> Response | Redirect:
    """Sign in in that way no longer."""
    try:
        identities.disconnect(identity_id, session[SESSION_KEY], by=current_actor())
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    return redirect("/settings/sign-in?done=no-identity#provider", 303)


def add_to(bp: Blueprint) -> None:
    """Give the forms their addresses."""
    one = f"/settings/identities/<int(max={BIGGEST}):identity_id>/disconnect"
    for path, view in (
        ("/settings/identities", connect_identity),
        ("/settings/identities/leave", leave_identity),
        (one, disconnect_identity),
    ):
        bp.add_url_rule(path, view.__name__, view, methods=["POST"])
